/** A text with one layer of escaping taken off, and the way back to the places of the original. */
export interface View {
  readonly text: string;
  /** Maps a stretch of the view (end exclusive) to the stretch of the original that it came from. */
  toSource(from: number, to: number): { from: number; to: number };
}

/** One way in which a text may be escaped. */
export interface Escaping {
  /** Quick sign that a text may hold such escapes. */
  readonly sign: string;
  readonly escapes: RegExp;
  decode(escaped: string): string;
}

const PERCENT =
  '%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}';
const BACKSLASHED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const decodePercent = (escaped: string): string => {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped;
  }
};

export const JSON_ESCAPES: Escaping = {
  sign: '\\',
  escapes: /\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|["'\\/bfnrt])/gi,
  decode: (escaped) => {
    const code = escaped.charAt(1);
    if (escaped.length > 2) return String.fromCharCode(Number.parseInt(escaped.slice(2), 16));
    return BACKSLASHED[code] ?? code;
  },
};

export const PERCENT_ESCAPES: Escaping = {
  sign: '%',
  escapes: new RegExp(PERCENT, 'gi'),
  decode: decodePercent,
};

export const FORM_ESCAPES: Escaping = {
  sign: '+',
  escapes: new RegExp(`\\+|${PERCENT}`, 'gi'),
  decode: (escaped) => (escaped === '+' ? ' ' : decodePercent(escaped)),
};

/** Line breaks that an encoder put into a long piece of base64 or hex. */
export const WRAPPING: Escaping = { sign: '\n', escapes: /\r?\n[ \t]*/g, decode: () => '' };

interface Escape {
  readonly view: number;
  readonly viewEnd: number;
  readonly source: number;
  readonly sourceEnd: number;
}

/** Takes one layer of escaping off; undefined when the text holds none. */
export function decoded(text: string, escaping: Escaping): View | undefined {
  if (!text.includes(escaping.sign)) return undefined;
  const plain = text.replace(escaping.escapes, escaping.decode);
  if (plain === text) return undefined;
  // The way back is rarely asked for: only where a credential was found.
  let escapes: readonly Escape[] | undefined;
  return {
    text: plain,
    toSource: (from, to) => {
      escapes ??= escapesIn(text, escaping);
      return { from: place(escapes, from, 'source', 0), to: place(escapes, to - 1, 'sourceEnd', 1) };
    },
  };
}

function escapesIn(text: string, escaping: Escaping): readonly Escape[] {
  const escapes: Escape[] = [];
  let shorter = 0;
  for (const match of text.matchAll(escaping.escapes)) {
    const source = match.index;
    const width = escaping.decode(match[0]).length;
    const view = source - shorter;
    shorter += match[0].length - width;
    escapes.push({ view, viewEnd: view + width, source, sourceEnd: source + match[0].length });
  }
  return escapes;
}

/** Where the view's character `at` begins (`source`) or ends (`sourceEnd`) in the original. */
function place(escapes: readonly Escape[], at: number, edge: 'source' | 'sourceEnd', width: 0 | 1): number {
  let low = 0;
  let high = escapes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((escapes[middle]?.view ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  const before = escapes[low - 1];
  if (!before) return at + width;
  return at < before.viewEnd ? before[edge] : before.sourceEnd + (at - before.viewEnd) + width;
}
