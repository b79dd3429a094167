/** Deeper than this, what walks the value later could run out of stack. */
const MAX_DEPTH = 200;
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[[{]|[\]}]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Fewer digits than a double keeps, and no exponent: the common case, which needs no further look. */
const SHORT = /^-?[\d.]{1,15}$/;

/**
 * Whether a JSON text survives being parsed: every number is exact as a double, so that an id of 17 digits does not
 * come out as its neighbour, and the nesting is one that recursion can follow.
 */
export function isExactJson(text: string): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    else if (!token.startsWith('"') && !isExactNumber(token)) return false;
    if (depth > MAX_DEPTH) return false;
  }
  return true;
}

function isExactNumber(text: string): boolean {
  if (SHORT.test(text)) return true;
  const value = Number(text);
  return Number.isFinite(value) && digitsOf(text) === digitsOf(value.toExponential());
}

/** `-0.1200e3` and `-1.2e2` alike as sign, digits and power of ten. */
function digitsOf(text: string): string {
  const [, sign = '', whole = '', part = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = `${whole}${part}`.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return `${sign}0`;
  return `${sign}${kept}e${Number(power) - part.length + digits.length - kept.length}`;
}
