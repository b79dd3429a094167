import type { Pool, PoolClient } from 'pg';
import { ToolError } from '../../../toolset/errors.ts';
import { toolErrorOf } from '../errors.ts';
import { cancelBackend } from './cancel.ts';
import { type Governed, GovernedRead, type RawRows } from './statement.ts';

/** A server that answers neither statement within this is gone: its connection must not keep a place of the pool. */
const CLEANING_MS = 5_000;

/**
 * Runs one governed read on a connection of the pool. The connection is rolled back and reset before anybody else
 * gets it, or destroyed when anything was odd.
 *
 * @throws ToolError
 */
export async function runGoverned(pool: Pool, statement: Governed, signal: AbortSignal): Promise<RawRows> {
  const client = await checkOut(pool, signal);
  const read = new GovernedRead(statement);
  const onAbort = () => read.abandon(abortError(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    client.query(read);
    const answer = await read.answer;
    if (answer.isClean && client.getTransactionStatus() === 'I') client.release();
    else void discard(client);
    return answer;
  } catch (error) {
    // A server's own error leaves the connection sound; everything else leaves it in doubt.
    if (isServerError(error)) void reset(client);
    else void discard(client);
    throw toolErrorOf(error);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const isServerError = (error: unknown): boolean =>
  error instanceof Error && 'severity' in error && error.severity === 'ERROR';

/** What to throw for an aborted call: the reason that the caller's signal gives, as far as it is known. */
function abortError(signal: AbortSignal): ToolError {
  const reason: unknown = signal.reason;
  if (reason instanceof ToolError) return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError')
    return new ToolError(
      'timeout',
      'The query did not end before the call’s deadline; it was stopped in the server.',
    );
  return new ToolError('cancelled', 'The call was cancelled; its query was stopped in the server.');
}

async function checkOut(pool: Pool, signal: AbortSignal): Promise<PoolClient> {
  if (signal.aborted) throw abortError(signal);
  const connecting = pool.connect();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortError(signal));
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    // The connection may still come; nobody waits for it then.
    connecting.then(
      (client) => client.release(),
      () => {},
    );
    throw toolErrorOf(error);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const cleaning = (text: string) => ({ text, query_timeout: CLEANING_MS });

/** Ends a failed transaction and forgets everything that the session could remember. */
async function reset(client: PoolClient): Promise<void> {
  try {
    await client.query(cleaning('ROLLBACK'));
    await client.query(cleaning('DISCARD ALL'));
    client.release();
  } catch {
    client.release(true);
  }
}

async function discard(client: PoolClient): Promise<void> {
  await cancelBackend(client);
  client.release(true);
}
