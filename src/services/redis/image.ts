import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Bytes } from './bytes.ts';

/** What a key held before a write: enough to put it back. */
export const KeyImage = z.strictObject({
  key: Bytes,
  /** As TYPE names it; `none` when there was no such key. */
  type: z.string(),
  /** Output of DUMP, base64; null when there was no such key. */
  dump: z.string().nullable(),
  /** Unix time in milliseconds; null for a key without an end. */
  expires_at: z.number().int().nullable(),
  /** Names the content: equal for equal content, whatever order the server keeps it in. */
  fingerprint: z.string(),
});
export type KeyImage = z.output<typeof KeyImage>;
export const Before = z.strictObject({ keys: z.array(KeyImage) });

/** What a write leaves behind, known before it runs because the keys are watched. */
export const KeyAfter = KeyImage.omit({ dump: true, type: true });
export type KeyAfter = z.output<typeof KeyAfter>;
export const After = z.strictObject({ keys: z.array(KeyAfter) });

export const ABSENT = 'absent';

const hashOf = (kind: string, parts: readonly Buffer[]): string => {
  const hash = createHash('sha256').update(`${kind}\0`);
  // Each part with its length before it, so that no two lists of parts give the same bytes.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return `${kind}:${hash.digest('hex')}`;
};

export const fingerprintString = (value: Buffer): string => hashOf('string', [value]);

/**
 * Of a hash's fields. Not of its DUMP, whose order changes while the server grows the table, which would
 * look like somebody's edit.
 */
export const fingerprintHash = (fields: readonly (readonly [Buffer, Buffer])[]): string =>
  hashOf('hash', [...fields].sort(([a], [b]) => Buffer.compare(a, b)).flat());

export const fingerprintSet = (members: readonly Buffer[]): string =>
  hashOf('set', [...members].sort(Buffer.compare));

/** Of a type whose DUMP has one order: list, sorted set, stream. */
export const fingerprintDump = (type: string, dump: Buffer): string => hashOf(type, [dump]);
