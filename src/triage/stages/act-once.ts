import { ProposedAction, sayAction } from '../action.ts';
import { Acted } from '../backend.ts';
import { isRefusal, placeOf } from '../refused-call.ts';
import { HandOver, sayError } from '../run/reason.ts';
import type { Run } from '../run/run.ts';
import { within } from '../run/within.ts';

export type Phase = 'action' | 'way_back';

const intentOf = (phase: Phase) => `intent ${phase}`;

/** Whether a write was begun already: then nothing before it is done again. */
export const wasIntended = (run: Run, phase: Phase = 'action'): boolean =>
  run.recall(intentOf(phase), ProposedAction) !== undefined;

/**
 * Makes one change, once. The intent is on the disk before the change is asked for; whoever finds it there looks at
 * the cluster instead of asking again. Throws HandOver when it was refused, failed, or nobody can tell.
 */
export async function actOnce(run: Run, action: ProposedAction, phase: Phase): Promise<Acted> {
  if (wasIntended(run, phase))
    return look(run, action, 'the run was stopped while the change was being made');
  await run.keep(intentOf(phase), action);
  const { backend, limits, held } = run.deps;
  try {
    return Acted.parse(
      await within(limits.stepMs, run.signal, (signal) =>
        backend.act(action, `${run.id}.${phase}`, signal, held),
      ),
    );
  } catch (error) {
    if (!isRefusal(error)) return look(run, action, sayError(error));
    await run.emit({
      type: 'blocked',
      what: sayAction(action),
      reasons: [sayError(error)],
      ...placeOf(error),
    });
    throw new HandOver(`the gate refused to ${sayAction(action)}: ${sayError(error)}`, 'denied');
  }
}

/** There is no clear answer, so the cluster is asked whether the change is there. Nothing is asked for a second time. */
async function look(run: Run, action: ProposedAction, why: string): Promise<Acted> {
  const stands = await run.read((signal) => run.deps.backend.stands(action, signal)).catch(() => undefined);
  const found = stands === undefined ? 'it cannot be asked' : 'it does not show it';
  if (stands !== true)
    throw new HandOver(`the cluster was asked once to ${sayAction(action)}, and ${found} (${why})`);
  await run.emit({
    type: 'fallback',
    step: 'execute',
    from: 'the answer to the change',
    to: 'a look at the cluster',
    why,
  });
  return { detail: 'the cluster shows it done' };
}
