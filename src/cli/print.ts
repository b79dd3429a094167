import { styleText } from 'node:util';

const colour = (style: Parameters<typeof styleText>[0]) => (text: string) =>
  process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;

export const bold = colour('bold');
export const dim = colour('dim');
export const red = colour('red');
export const green = colour('green');
export const yellow = colour('yellow');
export const cyan = colour('cyan');

/** Aligns rows of cells in columns, two spaces apart; the last column is left ragged. */
export function table(rows: readonly (readonly string[])[], { indent = 0 } = {}): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length);
    });
  return rows
    .map(
      (row) =>
        ' '.repeat(indent) +
        row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  '),
    )
    .join('\n');
}
