import { rows } from '../../src/cli/demo/columns.ts';

/** The captured session as a code block. */
export const sessionBlock = (captured: string): string => `\`\`\`text\n${captured.trimEnd()}\n\`\`\``;

const STYLE = { font: 13, line: 18, pad: 16, columns: 118, charWidth: 7.83 };

/** How a line of the session is coloured, by what it is; the first that fits. */
const COLOURS: readonly (readonly [RegExp, string])[] = [
  [/^\d+\. /, '#79c0ff'],
  [/^ *(NAIVE|blocked|done: harmed|sends on|.*s3cr3t-)/, '#ff7b72'],
  [/^ *(HARDENED|done: healed|.*gate: \d+ checks passed)/, '#7ee787'],
  [/^ *(goes on as|.*\{[a-z-]+#\d+\})/, '#d2a8ff'],
  [/came back and was read back/, '#7ee787'],
  [/^> /, '#e6edf3'],
  [/^ {3}(\w+_refused|unknown_tool|denied):/, '#ff7b72'],
  [/\{password\}/, '#d2a8ff'],
  [/verified \d+ records/, '#7ee787'],
  [/^Done\./, '#7ee787'],
  [/^- - /, '#ff7b72'],
];
const PLAIN = '#9da7b3';

/** The captured session as an SVG picture of a terminal. */
export function sessionSvg(captured: string): string {
  const { font, line, pad, columns, charWidth } = STYLE;
  const drawn = captured
    .trimEnd()
    .split('\n')
    .flatMap((text) => rows([{ text, colour: colourOf(text) }], columns));
  const width = Math.ceil(columns * charWidth + 2 * pad);
  const height = drawn.length * line + 2 * pad;
  const lines = drawn.map(
    (row, at) => `<text x="${pad}" y="${pad + (at + 1) * line - 5}" ${inColours(row)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="A session of npm run demo">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${font}">
${lines.join('\n')}
</g>
</svg>
`;
}

/** A line in its colour; of two columns each has its own. */
function inColours({ text, colour }: { text: string; colour: string }): string {
  const [left, right] = text.split('│');
  if (left === undefined || right === undefined) return `fill="${colour}">${escapeXml(text)}`;
  const part = (words: string) => `<tspan fill="${colourOf(words)}">${escapeXml(words)}</tspan>`;
  return `fill="${PLAIN}">${part(left)}│${part(right)}`;
}

const colourOf = (text: string): string => COLOURS.find(([pattern]) => pattern.test(text))?.[1] ?? PLAIN;

/** Spaces that no renderer takes together, whatever it knows of `xml:space`. */
const escapeXml = (text: string): string =>
  text.replaceAll(' ', '\u00a0').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
