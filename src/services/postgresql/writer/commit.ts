import { type ClientBase, DatabaseError } from 'pg';
import { ToolError } from '../../../toolset/errors.ts';
import { writeFailure } from './failure.ts';

/**
 * Classes of SQLSTATE with which a COMMIT fails after the server took the transaction back: a deferred constraint,
 * a serialization failure, a deadlock, an error that a deferred trigger raised.
 */
const TAKEN_BACK = ['23', '40', 'P0', '22', '42', '55'];
const COMPLETION_UNKNOWN = '40003';

/**
 * Commits.
 * @throws ToolError('outcome_unknown') when no answer came that says how it ended; another ToolError when the
 * server says that it took the transaction back
 */
export async function commitOf(client: ClientBase): Promise<void> {
  const answer = await client.query('COMMIT').catch((error: unknown) => {
    if (error instanceof DatabaseError && wasTakenBack(error.code)) throw writeFailure(error);
    throw new ToolError(
      'outcome_unknown',
      'the server’s answer to COMMIT was lost: the rows are either all changed or all as they were; read them before doing it again',
      { cause: error },
    );
  });
  // COMMIT of a failed transaction succeeds, as a ROLLBACK.
  if (answer.command !== 'COMMIT')
    throw new ToolError('backend_failed', 'the server rolled the write back; nothing has changed');
}

const wasTakenBack = (code: string | undefined): boolean =>
  code !== undefined && code !== COMPLETION_UNKNOWN && TAKEN_BACK.includes(code.slice(0, 2));
