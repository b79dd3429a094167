import { sayAction, wayBackOf } from '../action.ts';
import { Measured } from '../events.ts';
import { HandOver } from '../run/reason.ts';
import type { Run } from '../run/run.ts';
import { actOnce, wasIntended } from './act-once.ts';
import type { Executed } from './execute.ts';

/**
 * Watches the alert's own measure for the stated window. Returns what was measured once it was healthy for the whole
 * latter half; otherwise takes the action back and throws HandOver.
 */
export async function resolve(run: Run, executed: Executed): Promise<Measured> {
  if (wasIntended(run, 'way_back')) return takeBack(run, executed, 'it did not heal');
  const measured = await run.step('resolve', () => watch(run), sayMeasured);
  if (!measured)
    throw new HandOver(
      `${sayAction(executed.action)} was done, and nothing linked measures whether it healed; it stays as it is`,
    );
  if (measured.healthy) return measured;
  return takeBack(run, executed, sayMeasured(measured));
}

/** Looks until the window is over, or until it is clear that the heal did not hold. */
async function watch(run: Run): Promise<Measured | undefined> {
  const { backend, limits } = run.deps;
  const began = backend.now();
  for (;;) {
    await backend.pause(limits.lookEveryMs, run.signal);
    const passed = backend.now() - began;
    const measured = await measureNow(run);
    if (!measured) return undefined;
    await run.emit({
      type: 'step',
      step: 'resolve',
      state: 'progress',
      detail: sayMeasured(measured),
      data: { measured },
    });
    if (passed >= limits.windowMs / 2 && !measured.healthy) return measured;
    if (passed >= limits.windowMs) return measured;
  }
}

/** What the alert was about, now; undefined where nothing measures it. */
export const measureNow = async (run: Run): Promise<Measured | undefined> =>
  Measured.optional().parse(await run.read((signal) => run.deps.backend.measure(run.alert, signal)));

async function takeBack(run: Run, { action }: Executed, why: string): Promise<never> {
  const back = wayBackOf(action);
  const { detail, seq } = await actOnce(run, back, 'way_back');
  await run.emit({
    type: 'action',
    phase: 'way_back',
    action: back,
    detail,
    ...(seq === undefined ? {} : { audit_seq: seq }),
  });
  throw new HandOver(`${sayAction(action)} did not heal (${why}) and was taken back`);
}

export const sayMeasured = (measured: Measured | undefined): string =>
  measured
    ? `${measured.metric} of ${measured.component} is ${measured.value}, baseline ${measured.baseline}`
    : 'nothing measures it';
