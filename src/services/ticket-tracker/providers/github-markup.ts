import type { Asker } from '../ticket.ts';

/** A comment of HTML, which the page does not show. */
export const markLineOf = (mark: string): string => `<!-- stackward:${mark} -->`;

/**
 * A caller's text as one fenced code block, in which GitHub makes no mention, reference, link, image, HTML or closing
 * keyword. The fence is longer than any run of backticks in the text, so nothing in it can end the block.
 *
 * @see https://github.github.com/gfm/#fenced-code-blocks
 */
export function markUpGitHub(text: string, { principal, call }: Asker, mark: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [
    `Stackward for \`${principal}\`, call \`${call}\``,
    '',
    `${fence}text`,
    text,
    fence,
    '',
    markLineOf(mark),
  ].join('\n');
}
