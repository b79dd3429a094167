import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { PROVIDERS } from './connection.ts';
import type { Asker, Page } from './page.ts';

/** A page that is open, as far as it is known. */
export const OpenPage = z.strictObject({
  title: z.string(),
  state: z.enum(['open', 'acknowledged', 'silenced']),
  since: z.string(),
  key: z.string().optional().describe('Only of a page that Stackward sent'),
});
export type OpenPage = z.output<typeof OpenPage>;

/** Somebody who is on call now. */
export const Duty = z.strictObject({
  person: z.string(),
  level: z.number().int().describe('Escalation level; 1 is called first'),
  until: z.string().optional(),
});

/** What is known of a provider. */
export const Status = z.strictObject({
  provider: z.enum(PROVIDERS),
  known_from: z
    .enum(['provider', 'own_pages'])
    .describe('own_pages: nothing can be read there, so open is what this server sent since it started'),
  open: z.array(OpenPage),
  on_call: z.array(Duty).optional(),
});
export type Status = z.output<typeof Status>;

/** A status, and whether there is more than it shows. */
export interface Known extends Status {
  readonly more?: boolean;
}

export interface OnCallReader {
  /** @param most open pages to ask for; more may come */
  status(most: number, signal: AbortSignal): Promise<Known>;
}

/** One provider, for one granted call. Every method throws ToolError. */
export interface OnCallWriter {
  /** Whether a page of this key is known to be open. */
  isOpen(key: string, signal: AbortSignal): Promise<boolean>;
  /** Whether the provider shows no open page of this key. Throws ToolError where it shows none at all. */
  isOver(key: string, signal: AbortSignal): Promise<boolean>;
  /** Calls people once. `already_open` where a page of this key is known to be open, and nothing was sent. */
  page(page: Page, signal: AbortSignal): Promise<'sent' | 'already_open'>;
  /** Closes what Stackward opened under a key. 'not_found' where it can be read that nothing is open. */
  resolve(key: string, by: Asker, signal: AbortSignal): Promise<void>;
  /** Takes a page back. 'conflict' where somebody took it up or changed it; nothing where it is over. */
  withdraw(page: Page, signal: AbortSignal): Promise<void>;
}

/** Why a page cannot be read back where its provider shows none. */
export const showsNothing = (): ToolError =>
  new ToolError('not_found', 'this provider shows no pages, so whether one is over cannot be read');
