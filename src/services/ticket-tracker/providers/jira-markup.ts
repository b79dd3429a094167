import type { Asker } from '../ticket.ts';

/** A line of the text that people see: Jira's markup hides nothing. */
export const markLineOf = (mark: string): string => `Stackward reference ${mark}`;

/**
 * A caller's text in a block without format, in which Jira's wiki markup makes no link, image, macro or emphasis.
 * What would end the block is parted by a space, and so is `[~`: Jira looks for the people to notify in the raw text.
 *
 * @see https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
 */
export function markUpJira(text: string, { principal, call }: Asker, mark: string): string {
  const inside = text.replace(/\{(?=\s*noformat)/gi, '{ ').replaceAll('[~', '[ ~');
  return [
    `Stackward for ${principal}, call ${call}`,
    '',
    '{noformat}',
    inside,
    '{noformat}',
    '',
    markLineOf(mark),
  ].join('\n');
}
