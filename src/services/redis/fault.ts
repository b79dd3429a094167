import {
  ClientClosedError,
  ClientOfflineError,
  ErrorReply,
  MultiErrorReply,
  ReconnectStrategyError,
  WatchError,
} from 'redis';
import { type ErrorCode, ToolError } from '../../toolset/errors.ts';

const CLUSTER = 'the server is part of a cluster and the key lives on another node, which is not supported';

/** First word of a Redis error reply to what the caller may know. The server's own words are never shown. */
const REPLIES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  WRONGPASS: ['login_failed', 'the server refused the user or the password'],
  NOAUTH: ['login_failed', 'the server asks for credentials and the component has none'],
  NOPERM: [
    'permission_denied',
    'the server’s ACL denies it to this account; `stackward check` prints the line to give',
  ],
  WRONGTYPE: ['query_failed', 'the key holds another type; ask redis_type which'],
  LOADING: ['backend_failed', 'the server is still loading its data; try again later'],
  BUSY: ['backend_failed', 'the server is busy running a script; try again later'],
  CLUSTERDOWN: ['backend_failed', 'the cluster is down'],
  MASTERDOWN: ['backend_failed', 'the server is a replica without its primary'],
  READONLY: ['backend_failed', 'the server is a replica, which takes no writes; link its primary'],
  MISCONF: ['backend_failed', 'the server stopped taking writes because it cannot save its data'],
  OOM: ['backend_failed', 'the server has reached its memory limit and takes no writes'],
  NOREPLICAS: ['backend_failed', 'the server has too few replicas to take a write'],
  TRYAGAIN: ['backend_failed', 'the cluster is moving the key; try again later'],
  MOVED: ['query_failed', CLUSTER],
  ASK: ['query_failed', CLUSTER],
  CROSSSLOT: ['query_failed', 'in a cluster, one call may only name keys of one slot'],
  EXECABORT: ['query_failed', 'the server refused a command of the transaction; nothing was written'],
  NOPROTO: ['backend_failed', 'the server does not speak a protocol that is known here'],
};

/**
 * Whether a command cannot have reached the server, so that nothing can have happened.
 * Everything else that is not the server's reply leaves the outcome of a write open.
 */
export const wasNeverSent = (error: unknown): boolean =>
  error instanceof ClientClosedError || error instanceof ClientOfflineError;

/** Whether the server does not know a command, as an older one may not. */
export const isUnknownCommand = (error: unknown): boolean =>
  error instanceof ErrorReply && /^ERR unknown (sub)?command/i.test(error.message);

/** What the driver threw, as an error of the catalogue. `ToolError`s pass. */
export function toToolError(error: unknown, command: string): ToolError {
  if (error instanceof ToolError) return error;
  if (error instanceof WatchError)
    return new ToolError('conflict', 'somebody changed the key at the same time; nothing was written');
  if (error instanceof MultiErrorReply)
    return new ToolError(
      'outcome_unknown',
      'the server carried out only a part of the write; look at the keys',
    );
  if (error instanceof ErrorReply) return fromReply(error, command);
  if (error instanceof ReconnectStrategyError) return toToolError(error.originalError, command);
  return new ToolError('unreachable', 'the server cannot be reached, or broke the connection', {
    cause: error,
  });
}

function fromReply(error: ErrorReply, command: string): ToolError {
  const known = REPLIES[/^[A-Z]+/.exec(error.message)?.[0] ?? ''];
  const name = command.replace('|', ' ').toUpperCase();
  if (known) return new ToolError(known[0], `${name}: ${known[1]}`, { cause: error });
  if (isUnknownCommand(error))
    return new ToolError('query_failed', `this server does not know ${name}`, { cause: error });
  if (/max number of clients/i.test(error.message))
    return new ToolError('unreachable', 'the server takes no more connections', { cause: error });
  return new ToolError('query_failed', `the server refused ${name}`, { cause: error });
}

/** The same for what EXEC ended in, where a lost connection leaves open whether the write happened. */
export function toWriteError(error: unknown): ToolError {
  if (error instanceof ErrorReply || error instanceof WatchError || error instanceof ToolError)
    return toToolError(error, 'exec');
  if (wasNeverSent(error)) return toToolError(error, 'exec');
  return new ToolError('outcome_unknown', 'the connection broke while the server ran the write', {
    cause: error,
  });
}
