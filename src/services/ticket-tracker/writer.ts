import { ToolError } from '../../toolset/errors.ts';
import { assertSettled, once, type RecentWrites } from './once.ts';
import { type Asker, type CommentParams, digestOf, markOf, type OpenParams } from './ticket.ts';
import type { Account, Made, StoredComment, StoredTicket, TicketWriter, Tracker } from './tracker.ts';

export interface WriterOptions {
  readonly tracker: Tracker;
  /** The component's own label, set on every ticket. */
  readonly label: string;
  readonly labels: readonly string[];
  readonly recent: RecentWrites;
}

/** Writes each ticket and comment once for its key, and takes back what nobody touched. */
export class TrackerWriter implements TicketWriter {
  readonly labels: readonly string[];
  readonly #tracker: Tracker;
  readonly #label: string;
  readonly #recent: RecentWrites;
  #account: Account | undefined;

  constructor({ tracker, label, labels, recent }: WriterOptions) {
    this.labels = labels;
    this.#tracker = tracker;
    this.#label = label;
    this.#recent = recent;
  }

  async isTicketThere(key: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#findTicket(key, signal)) !== undefined;
  }

  open({ idempotency_key: key, title, body, labels }: OpenParams, by: Asker, signal: AbortSignal) {
    const mark = this.#ticketMark(key);
    const draft = {
      title,
      body: this.#tracker.markUp(body, by, mark),
      labels: [...new Set([this.#label, ...labels])],
      mark,
    };
    return once(this.#recent, mark, {
      find: async () => (await this.#findTicket(key, signal))?.ticket.id,
      make: () => this.#tracker.create(draft, signal),
      textOf: async (id) => contentOf(await this.#ownTicket(id, signal)),
    });
  }

  async withdraw(args: OpenParams, by: Asker, made: Made | null, signal: AbortSignal): Promise<void> {
    const { idempotency_key: key } = args;
    const id = made?.id ?? (await this.#findTicket(key, signal))?.ticket.id;
    if (id === undefined) return assertSettled(this.#recent, this.#ticketMark(key));
    const found = await this.#ownTicket(id, signal);
    if (found.ticket.state === 'closed') return;
    const written = {
      ...args,
      assignees: [],
      body: this.#tracker.markUp(args.body, by, this.#ticketMark(key)),
    };
    const digest = made ? made.digest : digestOf(contentOf({ ticket: written, ...written }));
    const isAsWritten = digestOf(contentOf(found)) === digest;
    if (!isAsWritten || (await this.#isCommented(id, signal)))
      throw new ToolError('conflict', `somebody took up or changed the ticket ${id}; it stays open`);
    // Found first, so that no ticket says that it is withdrawn and cannot be closed.
    const close = await this.#tracker.closing(id, signal);
    const farewell = markOf('withdrawn', id);
    await this.#addOnce(id, farewell, 'Withdrawn: this was taken back.', by, signal);
    await close();
  }

  async isWithdrawn({ idempotency_key: key }: OpenParams, made: Made | null, signal: AbortSignal) {
    const id = made?.id ?? (await this.#findTicket(key, signal))?.ticket.id;
    if (id !== undefined) return (await this.#ownTicket(id, signal)).ticket.state === 'closed';
    assertSettled(this.#recent, this.#ticketMark(key));
    return true;
  }

  async isCommentThere({ ticket, idempotency_key: key }: CommentParams, signal: AbortSignal) {
    await this.#tracker.reading.read(ticket, signal);
    return (await this.#findComment(ticket, commentMark(ticket, key), signal)) !== undefined;
  }

  async comment(args: CommentParams, by: Asker, signal: AbortSignal): Promise<Made> {
    const { ticket, idempotency_key: key, body } = args;
    await this.#tracker.reading.read(ticket, signal);
    return this.#addOnce(ticket, commentMark(ticket, key), body, by, signal);
  }

  async withdrawComment(args: CommentParams, by: Asker, made: Made | null, signal: AbortSignal) {
    const { ticket, idempotency_key: key, body } = args;
    await this.#tracker.reading.read(ticket, signal);
    const mark = commentMark(ticket, key);
    const found = await this.#madeComment(ticket, mark, made, signal);
    if (!found) return assertSettled(this.#recent, mark);
    const { id } = found.comment;
    const text = made ? made.digest : digestOf(this.#tracker.markUp(body, by, mark));
    const isOurs = found.authorId === (await this.#me(signal)).id;
    if (!isOurs || digestOf(found.comment.body) !== text)
      throw new ToolError('conflict', `somebody changed the comment ${id}; it stays as it is`);
    await this.#tracker.deleteComment(ticket, id, signal);
  }

  async isCommentGone(
    { ticket, idempotency_key: key }: CommentParams,
    made: Made | null,
    signal: AbortSignal,
  ) {
    const mark = commentMark(ticket, key);
    if (await this.#madeComment(ticket, mark, made, signal)) return false;
    assertSettled(this.#recent, mark);
    return true;
  }

  async #me(signal: AbortSignal): Promise<Account> {
    this.#account ??= await this.#tracker.me(signal);
    return this.#account;
  }

  async #findTicket(key: string, signal: AbortSignal): Promise<StoredTicket | undefined> {
    return this.#tracker.marked(this.#ticketMark(key), await this.#me(signal), signal);
  }

  /** With the label, since one account may write under several: a key of another label is another ticket. */
  #ticketMark(key: string): string {
    return markOf('ticket', this.#label, key);
  }

  /** A ticket that our own account opened, whatever its labels are by now. */
  async #ownTicket(id: string, signal: AbortSignal): Promise<StoredTicket> {
    const { id: me } = await this.#me(signal);
    const found = await this.#tracker.reading.read(id, signal, me);
    if (found.authorId !== me) throw new ToolError('conflict', `the ticket ${id} is somebody else’s`);
    return found;
  }

  /** Whether anybody but our own account said something. */
  async #isCommented(id: string, signal: AbortSignal): Promise<boolean> {
    const { id: me } = await this.#me(signal);
    return (await this.#tracker.comments(id, signal)).some(({ authorId }) => authorId !== me);
  }

  async #findComment(ticket: string, mark: string, signal: AbortSignal): Promise<StoredComment | undefined> {
    const { id: me } = await this.#me(signal);
    const isOurs = ({ authorId, comment }: StoredComment) =>
      authorId === me && this.#tracker.isMarked(comment.body, mark);
    return (await this.#tracker.comments(ticket, signal)).find(isOurs);
  }

  /** The comment that a write made, by its id where its answer came, else by its mark. */
  async #madeComment(ticket: string, mark: string, made: Made | null, signal: AbortSignal) {
    if (!made) return this.#findComment(ticket, mark, signal);
    return (await this.#tracker.comments(ticket, signal)).find(({ comment }) => comment.id === made.id);
  }

  #addOnce(ticket: string, mark: string, text: string, by: Asker, signal: AbortSignal): Promise<Made> {
    const body = this.#tracker.markUp(text, by, mark);
    return once(this.#recent, mark, {
      find: async () => (await this.#findComment(ticket, mark, signal))?.comment.id,
      make: () => this.#tracker.addComment(ticket, body, signal),
      textOf: async () => (await this.#findComment(ticket, mark, signal))?.comment.body,
    });
  }
}

/** What of a ticket a revert must find again: its words, and whom a tracker assigns it to by itself. */
const contentOf = ({ ticket, assignees, body }: Content): string =>
  [ticket.title, assignees.join(' '), body].join('\n');

interface Content extends Pick<StoredTicket, 'assignees' | 'body'> {
  readonly ticket: { readonly title: string };
}

const commentMark = (ticket: string, key: string): string => markOf('comment', ticket, key);
