import { abortFailure } from '../../toolset/http/failure.ts';
import { failureOf } from './failure.ts';

/**
 * One request of the driver, which ends with the signal. Throws ToolError.
 * @param writes the request changes something, so an end without an answer leaves open whether it did
 */
export async function ask<T>(
  signal: AbortSignal,
  request: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  { writes }: { readonly writes: boolean } = { writes: false },
): Promise<T> {
  if (signal.aborted) throw abortFailure(signal);
  try {
    return await request({ abortSignal: signal });
  } catch (error) {
    throw failureOf(error, signal, writes);
  }
}
