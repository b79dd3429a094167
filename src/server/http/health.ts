import type { ServerResponse } from 'node:http';
import type { Stackward } from '../../stackward.ts';
import { replyJson } from './reply.ts';

/** `/healthz`: the process lives and answers. */
export const answerHealth = (response: ServerResponse): void => replyJson(response, 200, { status: 'ok' });

/**
 * `/readyz`: calls are served. Without an audit none are, nor is any write without the store, so then it is 503 and says why.
 * @param closed why nobody can be let in; undefined while somebody can
 */
export function answerReadiness(
  stackward: Stackward,
  response: ServerResponse,
  { isDraining, closed }: { isDraining: boolean; closed: string | undefined },
): void {
  const { writable, reason, lastSeq, lagMs } = stackward.audit.status();
  const store = stackward.stores.status();
  const why = isDraining
    ? 'shutting down'
    : !writable
      ? `the audit cannot be written: ${reason ?? 'closed'}`
      : !store.isUp
        ? `the store is away: ${store.reason}`
        : closed;
  const body = {
    ready: why === undefined,
    ...(why ? { reason: why } : {}),
    audit: { writable, lastSeq, lagMs },
    store: { up: store.isUp },
  };
  replyJson(response, why === undefined ? 200 : 503, body);
}
