import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { inert } from '../../../toolset/written-text.ts';
import type { Asker } from '../ticket.ts';
import type { Made, TicketWriter, TrackerReading } from '../tracker.ts';

/** Posts one event under its idempotency key. */
export type PostEvent = (event: JsonValue, key: string, signal: AbortSignal) => Promise<void>;

/** A webhook shows nothing. */
export const webhookReader: TrackerReading = {
  list: () => Promise.reject(unreadable()),
  read: () => Promise.reject(unreadable()),
  recentComments: () => Promise.reject(unreadable()),
};

const unreadable = () =>
  new ToolError('not_found', 'this tracker is a webhook, which takes tickets and comments and shows none');

/**
 * Tickets as JSON events: their receiver keeps what it has seen by the idempotency key, which is also the ticket's id.
 * @param label set on every ticket, besides `labels`, which a caller may choose from
 */
export function webhookWriter(post: PostEvent, label: string, labels: readonly string[]): TicketWriter {
  const send = async (
    event: string,
    by: Asker,
    more: Readonly<Record<string, JsonValue>>,
    key: string,
    signal: AbortSignal,
  ) => post({ version: 1, event, by: { ...by }, ...more }, `stackward:${event}:${key}`, signal);
  const made = (id: string): Made => ({ id, created: true, digest: null });
  return {
    labels,
    isTicketThere: async () => false,
    async open({ idempotency_key: ticket, title, body, labels: chosen }, by, signal) {
      const content = {
        title: inert(title),
        body: inert(body),
        labels: [...new Set([label, ...chosen])],
      };
      await send('ticket.open', by, { ticket, ...content }, ticket, signal);
      return made(ticket);
    },
    withdraw: ({ idempotency_key: ticket }, by, _made, signal) =>
      send('ticket.withdraw', by, { ticket }, ticket, signal),
    isCommentThere: async () => false,
    async comment({ ticket, idempotency_key: comment, body }, by, signal) {
      await send('comment.add', by, { ticket, comment, body: inert(body) }, `${ticket}:${comment}`, signal);
      return made(comment);
    },
    withdrawComment: ({ ticket, idempotency_key: comment }, by, _made, signal) =>
      send('comment.withdraw', by, { ticket, comment }, `${ticket}:${comment}`, signal),
  };
}
