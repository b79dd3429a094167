/** One token of LogQL, as Loki's lexer cuts them. */
export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'duration' | 'bytes' | 'range' | 'flag' | 'sign' | 'end';
  /** A string's value, a number, a window without its brackets, or the sign itself. */
  readonly text: string;
  /** Counted from 0. */
  readonly at: number;
}

/** What Loki answers, with status 400, to a text that it cannot read. */
export class LogqlError extends Error {}

const PIECES =
  /([ \t\r\n]+|#[^\n]*)|("(?:[^"\\\n]|\\.)*")|(`[^`]*`)|\[([^\]]*)\]|(--[a-z-]+)|((?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)([A-Za-zµ]*(?:\d+(?:\.\d+)?[a-zµ]+)*)|([A-Za-z_]\w*)|(\|=|\|~|\|>|!=|!~|!>|=~|==|>=|<=|[|={}(),<>+\-*/%^])/uy;
const SIZE = /^[kKMGTP]?i?B$/;

export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  PIECES.lastIndex = 0;
  while (PIECES.lastIndex < text.length) {
    const at = PIECES.lastIndex;
    const piece = PIECES.exec(text);
    if (!piece) throw parseError(text, at, `syntax error: unexpected ${text.charAt(at)}`);
    const token = tokenOf(piece, text, at);
    if (token) tokens.push({ ...token, at });
  }
  return [...tokens, { kind: 'end', text: '$end', at: text.length }];
}

function tokenOf(piece: RegExpExecArray, text: string, at: number): Omit<Token, 'at'> | undefined {
  const [, blank, quoted, raw, range, flag, digits, unit, name, sign] = piece;
  if (blank !== undefined) return undefined;
  if (quoted !== undefined) return { kind: 'string', text: unquote(quoted, text, at) };
  if (raw !== undefined) return { kind: 'string', text: raw.slice(1, -1) };
  if (range !== undefined) return { kind: 'range', text: range };
  if (flag !== undefined) return { kind: 'flag', text: flag };
  if (digits !== undefined) return measure(digits, unit ?? '', text, at);
  return name === undefined ? { kind: 'sign', text: sign ?? '' } : { kind: 'name', text: name };
}

function measure(digits: string, unit: string, text: string, at: number): Omit<Token, 'at'> {
  if (unit === '') {
    if (/^0\d/.test(digits)) throw parseError(text, at, 'invalid digit in octal literal');
    return { kind: 'number', text: digits };
  }
  if (SIZE.test(unit)) return { kind: 'bytes', text: digits + unit };
  return { kind: 'duration', text: digits + unit };
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Go's rules for a string in double quotes. */
const unquote = (literal: string, text: string, at: number): string =>
  literal
    .slice(1, -1)
    .replace(/\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|x([\da-fA-F]{2})|([0-7]{3})|(.))/gu, (_, ...found) => {
      const [short, long, hex, octal, plain] = found as (string | undefined)[];
      const code = short ?? long ?? hex;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      if (plain === '\\' || plain === '"') return plain;
      const known = ESCAPES[plain ?? ''];
      if (known === undefined) throw parseError(text, at, 'invalid char escape');
      return known;
    });

/** An error in Loki's own form. */
export function parseError(text: string, at: number, message: string): LogqlError {
  const before = text.slice(0, at).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return new LogqlError(`parse error at line ${before.length}, col ${column}: ${message}`);
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 },
};

/** Seconds of `1h30m`; NaN for what is no duration. */
export function secondsOf(text: string): number {
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|[smhdwy]))+$/u.test(text)) return Number.NaN;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|[smhdwy])/gu)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? Number.NaN),
    0,
  );
}

/** Bytes of `5KB` or `1MiB`. */
export function bytesOf(text: string): number {
  const [, count, prefix = '', binary] = /^(\d+(?:\.\d+)?)([kKMGTP]?)(i?)B$/.exec(text) ?? [];
  const power = prefix === '' ? 0 : 'KMGTP'.indexOf(prefix.toUpperCase()) + 1;
  return Number(count) * (binary ? 1024 : 1000) ** power;
}
