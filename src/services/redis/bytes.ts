import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';

/** Longest name of a key or field that a call may give, in characters. */
const NAME_LENGTH = 4096;

/** Bytes as Redis has them: text where they are UTF-8, else `{base64}`. Results have it, and calls may give it. */
export const Bytes = z.union([z.string(), z.strictObject({ base64: z.string() })]);
export type Bytes = z.output<typeof Bytes>;

/** The name of a key, field or member as a call gives it. Any byte is allowed: Redis' protocol counts, it does not quote. */
export const Name = z.union([
  z.string().min(1).max(NAME_LENGTH),
  z.strictObject({ base64: z.base64().min(1).max(NAME_LENGTH).describe('For a name that is not UTF-8') }),
]);

/** A key as a call names it, whole: with its prefix. */
export const KeyName = Name.describe('The whole key, prefix included');

/** Shows bytes without loss. */
export const toBytes = (value: Buffer): Bytes =>
  isUtf8(value) ? value.toString('utf8') : { base64: value.toString('base64') };

/** Throws ToolError('invalid_arguments') for text that has no UTF-8, which would turn silently into another name. */
export function fromBytes(value: Bytes): Buffer {
  if (typeof value !== 'string') return Buffer.from(value.base64, 'base64');
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.toString('utf8') !== value)
    throw new ToolError('invalid_arguments', 'a text has half of a surrogate pair; give valid Unicode');
  return bytes;
}

/** For messages and write scopes. */
export const printable = (value: Bytes): string =>
  typeof value === 'string' ? value : `base64:${value.base64}`;
