/** A stretch of base64 or hex, and the text that it stands for. */
export interface Encoded {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Encoders break long lines; a break counts as part of the run where as much follows as a line holds. */
const BASE64 = /[A-Za-z0-9+/_-]{16,}(?:(?:\\n|\r?\n)[ \t]{0,16}[A-Za-z0-9+/_-]{16,}){0,4096}={0,2}/g;
const HEX = /[0-9a-fA-F]{24,}/g;
const SAMPLE = 48;

/** The stretches of a text that are base64 or hex of another text. Images, hashes and words are passed over by a sample. */
export function encodedTexts(text: string): Encoded[] {
  const found: Encoded[] = [];
  for (const match of text.matchAll(BASE64)) {
    const run = match[0];
    if (!isText(Buffer.from(run.slice(0, SAMPLE), 'base64'))) continue;
    const decoded = Buffer.from(run.replace(/\\n|\s+/g, ''), 'base64').toString();
    found.push({ from: match.index, to: match.index + run.length, text: decoded });
  }
  for (const match of text.matchAll(HEX)) {
    const run = match[0].length % 2 === 0 ? match[0] : match[0].slice(0, -1);
    if (!isText(Buffer.from(run.slice(0, SAMPLE), 'hex'))) continue;
    found.push({
      from: match.index,
      to: match.index + match[0].length,
      text: Buffer.from(run, 'hex').toString(),
    });
  }
  return found;
}

/** Of a text that somebody wrote nearly all is printable; of an image or a hash hardly half. */
function isText(bytes: Buffer): boolean {
  const decoded = bytes.toString();
  let printable = 0;
  for (let i = 0; i < decoded.length; i++) {
    const code = decoded.charCodeAt(i);
    if (
      (code >= 0x20 && code < 0x7f) ||
      (code >= 0xa0 && code < 0xd800) ||
      code === 10 ||
      code === 9 ||
      code === 13
    )
      printable++;
  }
  return printable >= decoded.length * 0.9 && decoded.length > 0;
}
