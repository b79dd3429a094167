import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { WriteGrant } from '../../toolset/grant.ts';
import { IdempotencyKey, writtenLine, writtenText } from '../../toolset/written-text.ts';

export const TicketId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/)
  .describe('As ticket_list shows it: 42, SHOP-42');

/** Names one write: the same key again is the same ticket, or the same comment of a ticket. */
export const Key = IdempotencyKey.describe('The same key again writes nothing new');

export const OpenParams = z.strictObject({
  idempotency_key: Key,
  title: writtenLine(200),
  body: writtenText(20_000).describe('Plain text'),
  labels: z.array(z.string().max(50)).max(10).default([]),
});
export type OpenParams = z.output<typeof OpenParams>;

export const CommentParams = z.strictObject({
  ticket: TicketId,
  idempotency_key: Key,
  body: writtenText(20_000).describe('Plain text'),
});
export type CommentParams = z.output<typeof CommentParams>;

/** A ticket as the tools show it. */
export const Ticket = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  labels: z.array(z.string()),
  author: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  url: z.string().optional(),
});
export type Ticket = z.output<typeof Ticket>;

export const Comment = z.strictObject({
  id: z.string(),
  author: z.string(),
  created_at: z.string(),
  body: z.string(),
});
export type Comment = z.output<typeof Comment>;

/** Who asked: a principal of the topology, and the call in the audit. */
export const Asker = z.strictObject({ principal: z.string(), call: z.string() });
export type Asker = z.output<typeof Asker>;

export const askerOf = ({ principal, callId }: WriteGrant): Asker => ({ principal, call: callId });

/**
 * What marks the text of one write, so that the write is found again by its key. Only ever compared with the last
 * line of a text that our own account wrote, and below the caller's words, which therefore cannot forge it.
 */
export const markOf = (...names: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 32);

/** What a text is compared by: trackers change line ends and cut blanks at the end. */
export const digestOf = (text: string): string =>
  createHash('sha256').update(text.replaceAll('\r\n', '\n').trimEnd()).digest('hex');

export const lastLineOf = (text: string): string => text.trimEnd().split(/\r?\n/).at(-1) ?? '';
