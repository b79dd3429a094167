/** A field's name, or a text before it in a list, with as many backslashes as the JSON around it puts before a quote. */
const BEFORE_NUMBER =
  /(?:(\\*)"\s{0,16}(?::\s{0,16}(?:\[[\d.,\seE+-]{0,96})?|,\s{0,16})|^\s{0,16}\[[\d.,\seE+-]{0,96})$/;
const AFTER_NUMBER = /^\s{0,64}[,}\]]/;
const LOOK_BACK = 160;

/**
 * The quote that a placeholder needs on both sides: a number that stands bare in a JSON text is quoted once it is
 * hidden, or the text would be JSON no more. Empty everywhere else.
 */
export function quoteAround(text: string, from: number, to: number): string {
  if (!/^-?[\d.eE+-]+$/.test(text.slice(from, to)) || !AFTER_NUMBER.test(text.slice(to, to + 66))) return '';
  const before = BEFORE_NUMBER.exec(text.slice(Math.max(0, from - LOOK_BACK), from));
  return before ? `${before[1] ?? ''}"` : '';
}
