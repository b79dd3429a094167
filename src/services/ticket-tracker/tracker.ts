import { ToolError } from '../../toolset/errors.ts';
import type { Asker, Comment, CommentParams, OpenParams, Ticket } from './ticket.ts';

/** A ticket as a tracker has it. */
export interface StoredTicket {
  readonly ticket: Ticket;
  readonly body: string;
  /** Id of the account that opened it; it cannot be edited. */
  readonly authorId: string;
  /** Ids of those it is assigned to, in order. */
  readonly assignees: readonly string[];
}

export interface StoredComment {
  readonly comment: Comment;
  readonly authorId: string;
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** There is more than was asked for. */
  readonly more: boolean;
}

/** What is read of a tracker. Every method throws ToolError; what does not carry the component's label is not found. */
export interface TrackerReading {
  /** Newest first. */
  list(state: 'open' | 'all', most: number, signal: AbortSignal): Promise<Listed<Ticket>>;
  /** A ticket with the label; any ticket of its own account where `own` is its id. */
  read(id: string, signal: AbortSignal, own?: string): Promise<StoredTicket>;
  /** The newest comments, the oldest of them first. */
  recentComments(id: string, most: number, signal: AbortSignal): Promise<Listed<StoredComment>>;
}

/** What a tracker can do that can be read. The rules of writing are in `writer.ts`. */
export interface Tracker {
  readonly reading: TrackerReading;
  /** The account of the component's credentials. */
  me(signal: AbortSignal): Promise<Account>;
  /** The ticket that this account opened with a mark. */
  marked(mark: string, me: Account, signal: AbortSignal): Promise<StoredTicket | undefined>;
  /** Every comment. Throws ToolError('conflict') where there are too many to look through. */
  comments(id: string, signal: AbortSignal): Promise<readonly StoredComment[]>;
  /** A caller's text in the tracker's markup, where it can neither mention, link nor hide; its last line is the mark. */
  markUp(text: string, by: Asker, mark: string): string;
  isMarked(text: string, mark: string): boolean;
  /** Returns the new ticket's id. */
  create(draft: Draft, signal: AbortSignal): Promise<string>;
  /** Finds how a ticket can be closed, and returns what closes it. 'conflict' where nothing does; nothing is written yet. */
  closing(id: string, signal: AbortSignal): Promise<() => Promise<void>>;
  /** Returns the new comment's id. */
  addComment(id: string, body: string, signal: AbortSignal): Promise<string>;
  deleteComment(ticket: string, id: string, signal: AbortSignal): Promise<void>;
}

export interface Account {
  readonly id: string;
  /** What the tracker's lists take for it. */
  readonly name: string;
}

export interface Draft {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly mark: string;
}

/** What one write made. `digest` is of the content as the tracker gave it back; null where it could not be read. */
export interface Made {
  readonly id: string;
  readonly created: boolean;
  readonly digest: string | null;
}

/** Writes of one granted call. Every method throws ToolError. */
export interface TicketWriter {
  /** Labels that a caller may set. */
  readonly labels: readonly string[];
  isTicketThere(key: string, signal: AbortSignal): Promise<boolean>;
  open(args: OpenParams, by: Asker, signal: AbortSignal): Promise<Made>;
  /** Closes what {@link open} made, with a comment. 'conflict' where somebody took it up or changed it. */
  withdraw(args: OpenParams, by: Asker, made: Made | null, signal: AbortSignal): Promise<void>;
  /** Whether what {@link open} made is closed, or nothing was made. Throws ToolError where the tracker shows nothing. */
  isWithdrawn(args: OpenParams, made: Made | null, signal: AbortSignal): Promise<boolean>;
  isCommentThere(args: CommentParams, signal: AbortSignal): Promise<boolean>;
  comment(args: CommentParams, by: Asker, signal: AbortSignal): Promise<Made>;
  /** Deletes just the comment that {@link comment} made. 'conflict' where somebody changed it. */
  withdrawComment(args: CommentParams, by: Asker, made: Made | null, signal: AbortSignal): Promise<void>;
  /** Whether what {@link comment} made is not there. Throws ToolError where the tracker shows nothing. */
  isCommentGone(args: CommentParams, made: Made | null, signal: AbortSignal): Promise<boolean>;
}

export const notThere = (id: string): ToolError =>
  new ToolError('not_found', `there is no ticket ${id} with the component’s label; ask ticket_list`);

/** Most characters of a ticket's comments that are held at once. */
const MOST_TEXT = 16 * 2 ** 20;

/** Throws {@link tooManyComments} for comments that together would fill the memory. */
export function assertFits(id: string, comments: readonly StoredComment[]): void {
  const characters = comments.reduce((sum, { comment }) => sum + comment.body.length, 0);
  if (characters > MOST_TEXT) throw tooManyComments(id);
}

export const tooManyComments = (id: string): ToolError =>
  new ToolError(
    'conflict',
    `the ticket ${id} has over a thousand comments, or very long ones, which are too many to look through`,
  );
