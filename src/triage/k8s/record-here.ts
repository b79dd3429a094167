import type { Diagnoses } from '../../gate/diagnoses.ts';
import type { Graph } from '../../topology/graph.ts';
import type { InfraBackend } from '../backend.ts';
import { writesOf } from './calls.ts';

/** Longest hypothesis that is kept. */
const MOST_WORDS = 2_000;

/** Records diagnoses where the gate of this process looks; only what runs beside the gate can. */
export const recordHere =
  (from: {
    readonly principal: string;
    readonly diagnoses: Pick<Diagnoses, 'record'>;
    graph(): Graph;
  }): InfraBackend['record'] =>
  async ({ run, diagnosis: { hypothesis, confidence }, action }) => {
    await from.diagnoses.record({
      run,
      principal: from.principal,
      topology: from.graph().hash,
      hypothesis: hypothesis.slice(0, MOST_WORDS),
      confidence,
      writes: writesOf(action),
    });
  };
