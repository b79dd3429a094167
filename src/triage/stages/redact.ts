import { Signals } from '../contracts.ts';
import type { Run } from '../run/run.ts';
import type { Gathered } from './gather.ts';

const KEPT = 'signals';

/** Signals without secrets and personal data: what models read, and what the journal keeps. */
export interface Redacted {
  readonly signals: Signals;
}

/** What an earlier process redacted already. */
export function recallRedacted(run: Run): Redacted | undefined {
  const signals = run.recall(KEPT, Signals);
  return signals && { signals };
}

/** Masks what was gathered, and says how much of which kind. A fault in it ends the run: nothing goes on unmasked. */
export async function redact(run: Run, { raw }: Gathered): Promise<Redacted> {
  const { signals } = await run.step(
    'redact',
    async () => run.deps.redactor.redact(raw),
    ({ masked }) => ({
      detail: Object.keys(masked).length === 0 ? 'nothing to mask' : `masked ${sayCounts(masked)}`,
      data: { masked: { ...masked } },
    }),
  );
  await run.keep(KEPT, Signals.parse(signals));
  return { signals };
}

const sayCounts = (masked: Readonly<Record<string, number>>): string =>
  Object.entries(masked)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
