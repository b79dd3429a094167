const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

const PIECE =
  /\\(?:([abfnrtv\\])|(["'])|x([0-7][0-9a-fA-F])|([01][0-7]{2})|u([0-9a-fA-F]{4})|U(00[01][0-9a-fA-F]{5}))|[^\\\n]/uy;

/** What the languages cannot hold, or what a JavaScript string cannot hand on faithfully: NUL and half a surrogate pair. */
const UNFAITHFUL = /[\0\p{Cs}]/u;

/**
 * The value of a PromQL or LogQL string literal, quotes included, by the rules of Prometheus' `strutil.Unquote`,
 * which Loki calls too.
 * Returns undefined for anything in doubt, among it byte escapes above 0x7f: the grammar that finds the
 * literal is laxer than the server that reads it.
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals
 */
export function decodeString(literal: string): string | undefined {
  const quote = literal.charAt(0);
  if (literal.length < 2 || !literal.endsWith(quote)) return undefined;
  const body = literal.slice(1, -1);
  if (UNFAITHFUL.test(body)) return undefined;
  if (quote === '`') return body.includes('`') ? undefined : body;
  if (quote !== '"' && quote !== "'") return undefined;
  const value = unescapeBody(body, quote);
  return value === undefined || UNFAITHFUL.test(value) ? undefined : value;
}

function unescapeBody(body: string, quote: string): string | undefined {
  let value = '';
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < body.length) {
    const piece = PIECE.exec(body);
    if (!piece) return undefined;
    const character = characterOf(piece, quote);
    if (character === undefined) return undefined;
    value += character;
  }
  return value;
}

function characterOf(piece: RegExpExecArray, quote: string): string | undefined {
  const [whole, simple, quoted, hex, octal, short, long] = piece;
  if (simple) return SIMPLE[simple];
  if (quoted) return quoted === quote ? quoted : undefined;
  const code = hex ?? short ?? long;
  if (code) return codePoint(Number.parseInt(code, 16));
  if (octal) return codePoint(Number.parseInt(octal, 8));
  return whole === quote ? undefined : whole;
}

const codePoint = (code: number) => (code <= 0x10_ffff ? String.fromCodePoint(code) : undefined);

/** Whether a value can be written as a string literal at all. */
export const isEncodable = (value: string): boolean => !UNFAITHFUL.test(value);

/**
 * A value as a double-quoted literal. Every escape that JSON writes means the same in PromQL and LogQL.
 * Throws a RangeError for a value that is not {@link isEncodable}.
 */
export function encodeString(value: string): string {
  if (!isEncodable(value))
    throw new RangeError('a string of a query holds neither NUL nor half a surrogate pair');
  return JSON.stringify(value);
}
