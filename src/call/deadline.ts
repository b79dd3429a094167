import type { Limits } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';

/** How long a tool may take to notice that it was told to stop. */
const GRACE_MS = 2_000;

/** What bounds a call: the caller's own signal, and a deadline that counts from its arrival over all its stages. */
export interface Bounds {
  readonly signal: AbortSignal;
  /** `performance.now()` at arrival. */
  readonly started: number;
  readonly limits: Limits;
}

/** Says why a running call has to stop, when it has to. Returns how to stop watching, so that no timer outlives the call. */
function watch({ signal, started, limits }: Bounds, onStop: (why: ToolError) => void): () => void {
  const onCancel = () => onStop(cancelled());
  const left = Math.max(0, started + limits.deadlineMs - performance.now());
  const timer = setTimeout(() => onStop(late(limits)), left);
  signal.addEventListener('abort', onCancel, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onCancel);
  };
}

/** Throws for a call that has to stop before it began. */
function check({ signal, started, limits }: Bounds): void {
  if (signal.aborted) throw cancelled();
  if (performance.now() - started >= limits.deadlineMs) throw late(limits);
}

const cancelled = () => new ToolError('cancelled', 'the caller cancelled the call');
const late = ({ deadlineMs }: Limits) =>
  new ToolError('timeout', `the call took longer than ${deadlineMs} ms`);

/**
 * Runs one stage of a call within its bounds. A call that is cancelled or late already does not begin.
 *
 * Throws ToolError('timeout' | 'cancelled') as `stopped` words it: for a write it says that the outcome is unknown.
 * Work that throws a ToolError of its own after it was stopped knows better, and is believed. Work that does not
 * end within two seconds of being told is left behind.
 */
export async function withDeadline<T>(
  bounds: Bounds,
  stopped: (why: ToolError) => ToolError,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  check(bounds);
  const stop = new AbortController();
  const leaving = rejectable();
  let why: ToolError | undefined;
  let grace: NodeJS.Timeout | undefined;
  const unwatch = watch(bounds, (reason) => {
    if (why) return;
    why = reason;
    stop.abort(reason);
    grace = setTimeout(() => leaving.reject(stopped(reason)), GRACE_MS);
  });
  try {
    return await Promise.race([work(stop.signal), leaving.promise]);
  } catch (error) {
    // A driver reports an abort in its own words; what the caller should hear is why we stopped it.
    if (why && (error === why || !(error instanceof ToolError))) throw stopped(why);
    throw error;
  } finally {
    unwatch();
    clearTimeout(grace);
  }
}

/**
 * Waits for a turn that `take` gives. A call that is cancelled or late, or becomes so while it waits, is answered at
 * once; should its turn come all the same, its first stage finds that out and does nothing.
 */
export async function withinTurn<T>(bounds: Bounds, take: (begin: () => void) => Promise<T>): Promise<T> {
  check(bounds);
  let unwatch: (() => void) | undefined;
  let hasBegun = false;
  const taken = take(() => {
    hasBegun = true;
    unwatch?.();
  });
  // Mostly a turn comes at once, and there is nothing to wait for.
  if (hasBegun) return taken;
  const over = rejectable();
  unwatch = watch(bounds, over.reject);
  try {
    return await Promise.race([taken, over.promise]);
  } finally {
    unwatch();
  }
}

/** A promise that only ever rejects, and that nobody needs to listen to. */
function rejectable(): { promise: Promise<never>; reject(reason: ToolError): void } {
  let reject: (reason: ToolError) => void = () => {};
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  promise.catch(() => {});
  return { promise, reject };
}
