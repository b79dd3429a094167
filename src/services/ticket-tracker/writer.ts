import { ToolError } from '../../toolset/errors.ts';
import type { KeyLedger } from '../../toolset/key-ledger.ts';
import { type Asker, type CommentParams, digestOf, markOf, type OpenParams } from './ticket.ts';
import type { Account, Made, StoredComment, TicketWriter, Tracker } from './tracker.ts';

/** A tracker's lists may lag behind it: so long a lost write that does not show is not known to be absent. */
const MAY_LAG_MS = 60_000;

/** Times at which the answer to a write was lost, by its mark. */
export type LostWrites = KeyLedger<number>;

export interface WriterOptions {
  readonly tracker: Tracker;
  /** The component's own label, set on every ticket. */
  readonly label: string;
  readonly labels: readonly string[];
  readonly lost: LostWrites;
}

/** Writes each ticket and comment once for its key, and takes back what nobody touched. */
export function createWriter({ tracker, label, labels, lost }: WriterOptions): TicketWriter {
  let account: Account | undefined;
  const self = async (signal: AbortSignal) => {
    account ??= await tracker.me(signal);
    return account;
  };
  const findTicket = async (key: string, signal: AbortSignal) =>
    tracker.marked(ticketMark(key), await self(signal), signal);
  const findComment = async (ticket: string, mark: string, signal: AbortSignal) => {
    const { id: me } = await self(signal);
    const isOurs = ({ authorId, comment }: StoredComment) =>
      authorId === me && tracker.isMarked(comment.body, mark);
    return (await tracker.comments(ticket, signal)).find(isOurs);
  };
  const addOnce = (ticket: string, mark: string, body: string, signal: AbortSignal): Promise<Made> =>
    once(lost, mark, {
      find: async () => (await findComment(ticket, mark, signal))?.comment.id,
      make: () => tracker.addComment(ticket, body, signal),
      digest: async (id) => digestOf(bodyOf(await tracker.comments(ticket, signal), id)),
    });

  return {
    labels,
    isTicketThere: async (key, signal) => (await findTicket(key, signal)) !== undefined,
    async open(args, by, signal) {
      const mark = ticketMark(args.idempotency_key);
      const draft = {
        title: args.title,
        body: tracker.markUp(args.body, by, mark),
        labels: [...new Set([label, ...args.labels])],
        mark,
      };
      return once(lost, mark, {
        find: async () => (await findTicket(args.idempotency_key, signal))?.ticket.id,
        make: () => tracker.create(draft, signal),
        digest: async (id) => digestOf((await tracker.read(id, signal, (await self(signal)).id)).body),
      });
    },
    async withdraw(args, by, made, signal) {
      const { id: me } = await self(signal);
      const id = made?.id ?? (await findTicket(args.idempotency_key, signal))?.ticket.id;
      if (id === undefined) return;
      const { ticket, body, authorId, isAssigned } = await tracker.read(id, signal, me);
      if (ticket.state === 'closed') return;
      const mark = ticketMark(args.idempotency_key);
      const isAsWritten =
        authorId === me &&
        ticket.title === args.title &&
        digestOf(body) === (made ? made.digest : digestOf(tracker.markUp(args.body, by, mark)));
      const isTakenUp =
        isAssigned || (await tracker.comments(id, signal)).some((comment) => comment.authorId !== me);
      if (!isAsWritten || isTakenUp)
        throw new ToolError('conflict', `somebody took up or changed the ticket ${id}; it stays open`);
      const farewell = markOf('withdrawn', id);
      await addOnce(id, farewell, tracker.markUp('Withdrawn: this was taken back.', by, farewell), signal);
      await tracker.close(id, signal);
    },
    async isCommentThere({ ticket, idempotency_key: key }, signal) {
      await tracker.read(ticket, signal);
      return (await findComment(ticket, commentMark(ticket, key), signal)) !== undefined;
    },
    async comment(args, by, signal) {
      await tracker.read(args.ticket, signal);
      const mark = commentMark(args.ticket, args.idempotency_key);
      return addOnce(args.ticket, mark, tracker.markUp(args.body, by, mark), signal);
    },
    withdrawComment: (args, by, made, signal) => withdrawComment(args, by, made, signal),
  };

  async function withdrawComment(args: CommentParams, by: Asker, made: Made | null, signal: AbortSignal) {
    const { ticket, idempotency_key: key } = args;
    await tracker.read(ticket, signal);
    const { id: me } = await self(signal);
    const mark = commentMark(ticket, key);
    const there = await tracker.comments(ticket, signal);
    const found = made
      ? there.find(({ comment }) => comment.id === made.id)
      : there.find(({ comment, authorId }) => authorId === me && tracker.isMarked(comment.body, mark));
    if (!found) return;
    const expected = made ? made.digest : digestOf(tracker.markUp(args.body, by, mark));
    if (found.authorId !== me || digestOf(found.comment.body) !== expected)
      throw new ToolError('conflict', `somebody changed the comment ${found.comment.id}; it stays as it is`);
    await tracker.deleteComment(ticket, found.comment.id, signal);
  }
}

const ticketMark = (key: OpenParams['idempotency_key']): string => markOf('ticket', key);
const commentMark = (ticket: string, key: string): string => markOf('comment', ticket, key);

const bodyOf = (comments: readonly StoredComment[], id: string): string =>
  comments.find(({ comment }) => comment.id === id)?.comment.body ?? '';

interface Once {
  find(): Promise<string | undefined>;
  make(): Promise<string>;
  /** Of the text as the tracker has it now. */
  digest(id: string): Promise<string>;
}

/** Makes a thing unless it is there, and never while another call makes it or may just have made it. */
const once = (lost: LostWrites, mark: string, { find, make, digest }: Once): Promise<Made> =>
  lost.alone(mark, async () => {
    const there = await find();
    if (there !== undefined) return { id: there, created: false, digest: null };
    const lostAt = lost.noted(mark);
    if (lostAt !== undefined && Date.now() - lostAt < MAY_LAG_MS)
      throw new ToolError(
        'conflict',
        'the same write was lost a moment ago and does not show yet; repeat it in a minute, with the same key',
      );
    const id = await make().catch((error: unknown) => {
      if (error instanceof ToolError && error.code === 'outcome_unknown') lost.note(mark, Date.now());
      throw error;
    });
    lost.forget(mark);
    return { id, created: true, digest: await readBack(() => digest(id)) };
  });

/** The write is done, so a text that cannot be read back is a gap of the record and no failure of the call. */
async function readBack(digest: () => Promise<string>): Promise<string | null> {
  try {
    return await digest();
  } catch (error) {
    if (error instanceof ToolError) return null;
    throw error;
  }
}
