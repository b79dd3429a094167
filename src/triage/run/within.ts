import { ToolError } from '../../toolset/errors.ts';

/**
 * Runs work that must end by itself or be left behind: after `ms` milliseconds it is told to stop, and nobody waits
 * for it. Throws ToolError('timeout'), or ToolError('cancelled') once `signal` is aborted.
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    const stop = (error: ToolError) => {
      own.abort(error);
      reject(error);
    };
    timer = setTimeout(() => stop(new ToolError('timeout', `it did not end within ${ms} ms`)), ms);
    onAbort = () => stop(new ToolError('cancelled', 'the run was told to stop'));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([stopped, work(own.signal)]);
  } finally {
    clearTimeout(timer);
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

/** How often a read is tried, and how long is waited before each time but the first. Milliseconds. */
const PAUSES = [0, 200, 1_000];

/** A read that may fail for a moment: tried again where the error says that the same may succeed later. */
export async function patiently<T>(
  isWorthIt: (error: unknown) => boolean,
  pause: (ms: number) => Promise<void>,
  read: () => Promise<T>,
): Promise<T> {
  for (const [at, wait] of PAUSES.entries()) {
    if (wait > 0) await pause(wait);
    try {
      return await read();
    } catch (error) {
      if (at === PAUSES.length - 1 || !isWorthIt(error)) throw error;
    }
  }
  throw new ToolError('internal', 'a read ended without an answer');
}
