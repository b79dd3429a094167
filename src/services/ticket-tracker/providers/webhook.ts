import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import type { KeyLedger } from '../../../toolset/key-ledger.ts';
import { inert } from '../../../toolset/written-text.ts';
import type { Asker, CommentParams } from '../ticket.ts';
import type { Made, TicketWriter, TrackerReading } from '../tracker.ts';

/** Posts one event under its idempotency key. */
export type PostEvent = (event: JsonValue, key: string, signal: AbortSignal) => Promise<void>;

/** The call that made each ticket and comment, by its idempotency key: all that is known of what the receiver has. */
export type OwnEvents = KeyLedger<string>;

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
 * A repetition is sent all the same, since a receiver may have missed the first.
 * @param label set on every ticket, besides `labels`, which a caller may choose from
 */
export function webhookWriter(
  post: PostEvent,
  own: OwnEvents,
  { label, labels }: { readonly label: string; readonly labels: readonly string[] },
): TicketWriter {
  const send = (event: string, key: string, by: Asker, more: Fields, signal: AbortSignal) =>
    post({ version: 1, event, by: { ...by }, ...more }, `stackward:${event}:${key}`, signal);
  const make = (event: string, id: string, key: string, by: Asker, more: Fields, signal: AbortSignal) =>
    own.alone(key, async (): Promise<Made> => {
      await send(event, key, by, more, signal);
      const created = own.noted(key) === undefined;
      if (created) own.note(key, by.call);
      return { id, created, digest: null };
    });
  const withdraw = async (event: string, key: string, by: Asker, more: Fields, signal: AbortSignal) => {
    const made = own.noted(key);
    if (made !== undefined && made !== by.call)
      throw new ToolError('conflict', 'another call wrote under the same key; what it wrote stays');
    await send(event, key, by, more, signal);
  };
  return {
    labels,
    isTicketThere: async (key) => own.noted(key) !== undefined,
    open({ idempotency_key: ticket, title, body, labels: chosen }, by, signal) {
      const content = {
        title: inert(title),
        body: inert(body),
        labels: [...new Set([label, ...chosen])],
      };
      return make('ticket.open', ticket, ticket, by, { ticket, ...content }, signal);
    },
    withdraw: ({ idempotency_key: ticket }, by, _made, signal) =>
      withdraw('ticket.withdraw', ticket, by, { ticket }, signal),
    isWithdrawn: () => Promise.reject(unreadable()),
    isCommentGone: () => Promise.reject(unreadable()),
    isCommentThere: async (args) => own.noted(commentKey(args)) !== undefined,
    comment(args, by, signal) {
      const { ticket, idempotency_key: comment, body } = args;
      const content = { ticket, comment, body: inert(body) };
      return make('comment.add', comment, commentKey(args), by, content, signal);
    },
    withdrawComment(args, by, _made, signal) {
      const { ticket, idempotency_key: comment } = args;
      return withdraw('comment.withdraw', commentKey(args), by, { ticket, comment }, signal);
    },
  };
}

type Fields = Readonly<Record<string, JsonValue>>;

/** Neither a ticket's id nor a key holds a slash, so that no two comments share one. */
const commentKey = ({ ticket, idempotency_key: key }: CommentParams): string => `${ticket}/${key}`;
