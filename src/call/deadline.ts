import { ToolError } from '../toolset/errors.ts';

/** How long a tool may take to notice that it was told to stop. */
const GRACE_MS = 2_000;

/**
 * Runs work under a deadline and the caller's own signal.
 *
 * Throws ToolError('timeout' | 'cancelled') as `stopped` words it: for a write it says that the outcome is unknown.
 * Work that throws a ToolError of its own after it was stopped knows better, and is believed. Work that does not
 * end within two seconds of being told is left behind.
 */
export async function withDeadline<T>(
  {
    signal,
    deadlineMs,
    stopped,
  }: { signal: AbortSignal; deadlineMs: number; stopped: (why: ToolError) => ToolError },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let why: ToolError | undefined;
  let grace: NodeJS.Timeout | undefined;
  let leaveBehind: (reason: ToolError) => void = () => {};
  const left = new Promise<never>((_, reject) => {
    leaveBehind = reject;
  });
  left.catch(() => {});
  const end = (reason: ToolError) => {
    if (why) return;
    why = reason;
    stop.abort(reason);
    grace = setTimeout(() => leaveBehind(stopped(reason)), GRACE_MS);
  };
  const onCancel = () => end(new ToolError('cancelled', 'the caller cancelled the call'));
  const timer = setTimeout(
    () => end(new ToolError('timeout', `the call took longer than ${deadlineMs} ms`)),
    deadlineMs,
  );
  if (signal.aborted) onCancel();
  else signal.addEventListener('abort', onCancel, { once: true });
  try {
    return await Promise.race([work(stop.signal), left]);
  } catch (error) {
    // A driver reports an abort in its own words; what the caller should hear is why we stopped it.
    if (why && (error === why || !(error instanceof ToolError))) throw stopped(why);
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    signal.removeEventListener('abort', onCancel);
  }
}
