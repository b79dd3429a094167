import { z } from 'zod';
import type { RunEvent } from '../events.ts';
import { sayError } from '../run/reason.ts';
import type { Run } from '../run/run.ts';
import { within } from '../run/within.ts';

/**
 * Tells people what was done or what they have to do, with the trail of decisions. That nobody could be reached is
 * said in the events, and stops nothing. It goes out also while the run is told to stop.
 */
export async function notify(run: Run, notice: { urgent: boolean; summary: string }): Promise<void> {
  const kept = `told ${notice.urgent ? 'urgent' : 'done'}`;
  if (run.recall(kept, z.boolean())) return;
  const trail = run.events.flatMap(sayEvent);
  try {
    await run.step(
      'notify',
      () =>
        within(run.deps.limits.stepMs, new AbortController().signal, (signal) =>
          run.deps.notifier.tell({ run: run.id, component: run.alert.component, ...notice, trail }, signal),
        ),
      (told) => (told.length === 0 ? 'no on-call or tracker is linked; the events tell it' : told.join('; ')),
    );
    await run.keep(kept, true);
  } catch (error) {
    await run.emit({
      type: 'fallback',
      step: 'notify',
      from: 'page and ticket',
      to: 'the events',
      why: sayError(error),
    });
  }
}

/** One line of the trail for people. */
function sayEvent(event: RunEvent): string[] {
  switch (event.type) {
    case 'step':
      return event.state === 'finished' ? [`${event.step}: ${event.detail}`] : [];
    case 'gate':
      return [`${event.gate} gate: ${event.verdict.passed ? 'passed' : event.verdict.reasons.join('; ')}`];
    case 'fallback':
      return [`${event.from} -> ${event.to}: ${event.why}`];
    case 'action':
      return [`${event.phase}: ${event.detail}${sayPlace(event)}`];
    case 'blocked':
      return [`blocked: ${event.what}: ${event.reasons.join('; ')}${sayPlace(event)}`];
    case 'breaker':
      return [`breaker of ${event.route}: ${event.state}`];
    case 'done':
      return [];
  }
}

const sayPlace = ({ audit_seq: seq }: { readonly audit_seq?: number | undefined }): string =>
  seq === undefined ? '' : ` (audit ${seq})`;
