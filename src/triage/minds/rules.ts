import { diagnoseSignals } from '../diagnose/from-signals.ts';
import type { Diagnoser } from '../run/deps.ts';

/** The diagnosis that needs no model: serves where none is drawn, and is the second witness of every other. */
export const rules: Diagnoser = {
  name: 'rules',
  cites: 'names',
  diagnose: async (signals) => diagnoseSignals(signals),
};
