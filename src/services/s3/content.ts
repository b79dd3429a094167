import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';

/** Most bytes that a call can write. */
const MOST_WRITTEN = 1024 * 1024;

/** Bytes of an object as a result shows them. */
export const shownContent = {
  text: z.string().optional(),
  base64: z.string().optional().describe('Instead of text, for bytes that are not UTF-8'),
};

/** Bytes of an object as a call gives them: exactly one of the two. */
export const givenContent = {
  text: z.string().max(MOST_WRITTEN).optional(),
  base64: z
    .base64()
    .max(MOST_WRITTEN * 2)
    .optional()
    .describe('Instead of text, for other bytes'),
};

/** Shows bytes without loss. */
export const show = (bytes: Buffer): { text: string } | { base64: string } =>
  isUtf8(bytes) ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') };

/** The bytes that a call gives. Throws ToolError('invalid_arguments') for none, for both, and for too many. */
export function contentOf({
  text,
  base64,
}: {
  text?: string | undefined;
  base64?: string | undefined;
}): Buffer {
  if ((text === undefined) === (base64 === undefined))
    throw new ToolError('invalid_arguments', 'give either text or base64');
  const bytes = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8');
  if (text !== undefined && bytes.toString('utf8') !== text)
    throw new ToolError('invalid_arguments', 'text has half of a surrogate pair; give valid Unicode');
  if (bytes.length > MOST_WRITTEN)
    throw new ToolError('invalid_arguments', `an object written here has at most ${MOST_WRITTEN} bytes`);
  return bytes;
}

/** The longest beginning of bytes that ends with a whole character of UTF-8; all of them where it is none. */
export function wholeCharacters(bytes: Buffer): Buffer {
  for (let cut = 1; cut <= 3 && cut < bytes.length; cut += 1) {
    const shorter = bytes.subarray(0, bytes.length - cut);
    if (isUtf8(bytes)) return bytes;
    if (isUtf8(shorter)) return shorter;
  }
  return bytes;
}

/** The longest beginning, found by halving, whose JSON has at most `most` bytes; a byte can take up to six. */
export function fitting(bytes: Buffer, most: number): Buffer {
  let fit = bytes;
  while (fit.length > 1 && Buffer.byteLength(JSON.stringify(show(fit))) > most)
    fit = wholeCharacters(fit.subarray(0, fit.length >> 1));
  return fit;
}
