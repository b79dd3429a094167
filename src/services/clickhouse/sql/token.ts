import { refuse } from './refuse.ts';

/** Longest text that is looked at. */
export const MAX_SQL_CHARACTERS = 65_536;
const MAX_TOKENS = 10_000;

/**
 * One token. `value` of a string or a quoted name is what it stands for, with every escape resolved; nothing of the
 * caller's own spelling is ever sent.
 */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'number' | 'string' | 'sign' | 'end';
  readonly value: string;
  /** Position of its first character. */
  readonly at: number;
}

const SPACE = /(?:[ \t\r\n]+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:0x[0-9A-Fa-f]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![A-Za-z0-9_.])/y;
/** After a dot stands the place of a tuple's element: `t.1.2` is two of them and no fraction. */
const PLACE = /\d+(?![A-Za-z0-9_])/y;
const SIGN = /->|::|==|!=|<>|<=|>=|\|\||[()[\],.+\-*/%=<>?:;]/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '0': '\0',
};

/**
 * Splits one statement. Comments are dropped and one `;` at the end is, too.
 *
 * @throws ToolError('query_refused') for a character, an escape or a quote that is not known here
 */
export function tokenize(sql: string): readonly Token[] {
  if (sql.length > MAX_SQL_CHARACTERS) refuse(`the query is longer than ${MAX_SQL_CHARACTERS} characters`);
  if (/\p{Cs}/u.test(sql)) refuse('the query holds half a character, which no server could read');
  const tokens: Token[] = [];
  let at = skip(sql, 0);
  while (at < sql.length) {
    const { token, end } = next(sql, at, tokens.at(-1));
    tokens.push(token);
    if (tokens.length > MAX_TOKENS) refuse(`the query has more than ${MAX_TOKENS} words and signs`);
    at = skip(sql, end);
  }
  if (tokens.at(-1)?.value === ';' && tokens.at(-1)?.kind === 'sign') tokens.pop();
  return [...tokens, { kind: 'end', value: '', at: sql.length }];
}

interface Found {
  readonly token: Token;
  readonly end: number;
}

function next(sql: string, at: number, before: Token | undefined): Found {
  const first = sql[at] ?? '';
  if (first === "'") return quoted(sql, at, 'string');
  if (first === '`' || first === '"') return quoted(sql, at, 'quoted');
  const isPlace = before?.kind === 'sign' && before.value === '.';
  const followsValue = before !== undefined && (before.kind !== 'sign' || /^[)\]]$/.test(before.value));
  const isDot = first === '.' && followsValue;
  const known =
    take(WORD, 'word') ??
    (isDot ? undefined : take(isPlace ? PLACE : NUMBER, 'number')) ??
    take(SIGN, 'sign');
  return known ?? refuse(`${JSON.stringify(sql.slice(at, at + 20))} is nothing that is known here`);

  function take(pattern: RegExp, kind: Token['kind']): Found | undefined {
    const value = match(pattern, sql, at);
    return value === undefined ? undefined : { token: { kind, value, at }, end: at + value.length };
  }
}

function match(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

const skip = (sql: string, at: number): number => at + (match(SPACE, sql, at)?.length ?? 0);

function quoted(sql: string, at: number, kind: 'string' | 'quoted'): Found {
  const quote = sql[at] ?? '';
  let value = '';
  let place = at + 1;
  for (;;) {
    const character = sql[place];
    if (character === undefined) refuse(`a ${quote} has no end`);
    if (character === '\\') {
      const { text, length } = escaped(sql, place);
      value += text;
      place += length;
    } else if (character !== quote) {
      value += character;
      place += 1;
    } else if (sql[place + 1] === quote) {
      value += quote;
      place += 2;
    } else return { token: { kind, value, at }, end: place + 1 };
  }
}

/** Servers read an unknown escape in different ways, so it has no meaning here. */
function escaped(sql: string, at: number): { text: string; length: number } {
  const hex = match(/\\x([0-7][0-9A-Fa-f])/y, sql, at);
  if (hex) return { text: String.fromCharCode(Number.parseInt(hex.slice(2), 16)), length: 4 };
  const text = ESCAPES[sql[at + 1] ?? ''];
  return text === undefined
    ? refuse(`the escape ${JSON.stringify(sql.slice(at, at + 2))} is not known; write \\\\ for a backslash`)
    : { text, length: 2 };
}
