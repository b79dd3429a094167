import { z } from 'zod';

/**
 * One key prefix of a component: the literal start of its keys, or explicitly the whole keyspace.
 *
 * `session` also reaches `sessionx:1`; end the prefix with its separator, `session:`, to keep siblings apart.
 */
export const PrefixEntry = z
  .strictObject({
    match: z
      .string()
      .min(1)
      .max(512)
      .refine((text) => Buffer.from(text).toString() === text, 'not valid Unicode')
      .refine((text) => !text.endsWith('*'), 'a prefix is literal, so leave the * at its end out')
      .optional()
      .describe('Literal start of the keys, with its separator: `session:`. No character is a wildcard'),
    all_keys: z.literal(true).optional().describe('The whole keyspace of the database'),
  })
  .refine(
    (entry) => (entry.match === undefined) !== (entry.all_keys === undefined),
    'give either match: PREFIX or all_keys: true',
  );
export type PrefixEntry = z.output<typeof PrefixEntry>;

/** The bytes with which every key of the entry begins. Throws for an entry that names neither form. */
export function prefixBytes(entry: PrefixEntry): Buffer {
  if (entry.match !== undefined && entry.match.length > 0) return Buffer.from(entry.match, 'utf8');
  if (entry.all_keys === true && entry.match === undefined) return Buffer.alloc(0);
  throw new TypeError('a key prefix has either match or all_keys');
}

/** Whether bytes begin with a prefix. Compared as bytes: no case folding, no Unicode normalisation. */
export const beginsWith = (bytes: Buffer, prefix: Buffer): boolean =>
  bytes.length >= prefix.length && bytes.subarray(0, prefix.length).equals(prefix);

/**
 * Takes the meaning from the characters of a Redis glob, so that it matches the text alone.
 * @see https://redis.io/docs/latest/commands/keys/
 */
export const escapeGlob = (text: string): string => text.replace(/[\\*?[\]^]/g, '\\$&');
