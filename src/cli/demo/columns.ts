import type { Writable } from 'node:stream';

/** A piece of text and how it is coloured once its place is known; colours take no room. */
export interface Painted {
  readonly text: string;
  paint?(text: string): string;
}

/** A narrower screen shows one column after the other. Characters. */
const TWO_COLUMNS = 100;
const GAP = '  │ ';
const HANG = '  ';

/** How wide the reader's screen is: the terminal's own width, `COLUMNS`, or 80. */
export const widthOf = (out: Writable, env: Readonly<Record<string, string | undefined>>): number =>
  'columns' in out && typeof out.columns === 'number' && out.columns > 0
    ? out.columns
    : Number(/^[1-9]\d{1,3}$/.exec(env.COLUMNS ?? '')?.[0] ?? 80);

/** Two texts beside each other where there is room for both, else the second below the first. */
export function sideBySide(
  left: readonly Painted[],
  right: readonly Painted[],
  width: number,
): readonly string[] {
  if (width < TWO_COLUMNS) return [...rows(left, width), '', ...rows(right, width)].map(coloured);
  const each = Math.floor((width - GAP.length) / 2);
  const [one, other] = [rows(left, each), rows(right, each)];
  return Array.from({ length: Math.max(one.length, other.length) }, (_, at) => {
    const cell = one[at] ?? { text: '' };
    const rest = ' '.repeat(each - cell.text.length);
    return `${coloured(cell)}${rest}${GAP}${coloured(other[at] ?? { text: '' })}`.trimEnd();
  });
}

/** Lines that fit, cut at a space where there is one; what goes on is indented. */
export const rows = <T extends { readonly text: string }>(lines: readonly T[], width: number): T[] =>
  lines.flatMap((line) => wrapped(line.text, width).map((text) => ({ ...line, text })));

function wrapped(text: string, width: number): string[] {
  const found: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const at = space > width / 2 ? space : width;
    found.push(rest.slice(0, at));
    rest = HANG + rest.slice(at).trimStart();
  }
  return [...found, rest];
}

export const coloured = (cell: Painted | string): string =>
  typeof cell === 'string' ? cell : (cell.paint?.(cell.text) ?? cell.text);
