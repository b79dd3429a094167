import { z } from 'zod';
import type { WriteGrant } from '../../toolset/grant.ts';
import { IdempotencyKey, inert, writtenLine, writtenText } from '../../toolset/written-text.ts';

export const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const;

/** Names the page: the same key again is the same page. */
export const PageKey = IdempotencyKey.describe('The same key again is the same page');

/** What a caller says when it pages. */
export const PageParams = z.strictObject({
  key: PageKey,
  severity: z.enum(SEVERITIES),
  summary: writtenLine(300),
  component: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,47}$/, 'the name of a component of the topology')
    .describe('The component that has the problem'),
  details: writtenText(2000).optional(),
});
export type PageParams = z.output<typeof PageParams>;

/** Who asked: a principal of the topology, and the call in the audit. */
export interface Asker {
  readonly principal: string;
  readonly call: string;
}

/** A page as it is handed to a provider. */
export interface Page extends PageParams {
  readonly by: Asker;
}

export const askerOf = ({ principal, callId }: WriteGrant): Asker => ({ principal, call: callId });

/** The page with texts that neither mention nor link in the tools that a provider may pass it on to. */
export const inertPage = (page: Page): Page => ({
  ...page,
  summary: inert(page.summary),
  ...(page.details === undefined ? {} : { details: inert(page.details) }),
});
