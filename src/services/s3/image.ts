import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { type ObjectFacts, STORED_HEADERS, type StoredHeaders } from './model.ts';
import type { ScopedKey } from './scope.ts';
import type { Writing } from './tool.ts';

/** Most bytes of an object that are kept to put it back. */
const MOST_KEPT = 256 * 1024;

const Headers = z.strictObject({
  texts: z.partialRecord(z.enum(STORED_HEADERS), z.string()),
  metadata: z.record(z.string(), z.string()),
});
const Kept = z.strictObject({ etag: z.string(), base64: z.string(), headers: Headers });
export type Kept = z.output<typeof Kept>;

/**
 * What a write found. In a bucket that keeps versions, which one was the latest: nothing is lost there. In any other,
 * the whole object, since the write will be all that is left.
 */
export const Before = z.union([
  z.strictObject({
    versioning: z.literal('enabled'),
    latest: z.strictObject({ version_id: z.string(), is_delete_marker: z.boolean() }).nullable(),
    etag: z.string().nullable(),
  }),
  z.strictObject({ versioning: z.literal('off'), object: Kept.nullable() }),
]);
export type Before = z.output<typeof Before>;

/** What a write left: the version that it made, or the object's ETag; null where it left none. */
export const After = z.strictObject({ version_id: z.string().nullable(), etag: z.string().nullable() });
export type After = z.output<typeof After>;

/**
 * Looks before a reversible write.
 *
 * @param instead the tool that does the same for good
 * Throws ToolError('conflict') where the way back would not bring all of it back.
 */
export async function lookBefore(context: Writing, key: ScopedKey, instead: string): Promise<Before> {
  const { client, signal } = context;
  const { state } = await client.versioning(signal);
  if (state === 'suspended')
    throw new ToolError(
      'conflict',
      `the bucket’s versioning is suspended, so a write may end a version for good; ${instead} does that`,
    );
  if (state === 'off') return { versioning: 'off', object: await keep(context, key, instead) };
  const latest = await latestOf(context, key);
  return {
    versioning: 'enabled',
    latest: latest && { version_id: latest.version_id, is_delete_marker: latest.is_delete_marker },
    etag: latest?.etag ?? null,
  };
}

/** The version that the key has now, which may be a delete marker; null where it never had one. */
export async function latestOf({ client, signal }: Writing, key: ScopedKey) {
  const { versions } = await client.versions(key, { most: 1 }, signal);
  return versions.find((version) => version.is_latest) ?? null;
}

/** What an object is now; null where there is none. */
export const factsNow = ({ client, signal }: Writing, key: ScopedKey): Promise<ObjectFacts | null> =>
  client.head(key, undefined, signal).catch((error: unknown) => {
    if (error instanceof ToolError && error.code === 'not_found') return null;
    throw error;
  });

async function keep(context: Writing, key: ScopedKey, instead: string): Promise<Kept | null> {
  const facts = await factsNow(context, key);
  if (facts === null) return null;
  const lost = (what: string) =>
    new ToolError(
      'conflict',
      `${key} ${what}, which the way back could not bring back; ${instead} does it for good`,
    );
  if (facts.size > MOST_KEPT) throw lost(`has over ${MOST_KEPT} bytes in a bucket without versions`);
  const special = specialOf(facts);
  if (special !== undefined) throw lost(`has ${special}`);
  const { client, signal } = context;
  const part = { offset: 0, length: Math.max(1, facts.size), etag: facts.etag };
  const { bytes } = await client.get(key, part, signal);
  if (await client.isTagged(key, signal)) throw lost('has tags');
  if (bytes.length !== facts.size)
    throw new ToolError('conflict', `somebody changed ${key}; nothing was written`);
  return { etag: facts.etag, base64: bytes.toString('base64'), headers: headersOf(facts) };
}

/** What an object has that a plain write of its bytes and headers would not give it again. */
function specialOf({ storage_class, encryption, website_redirect, expires, ...facts }: ObjectFacts) {
  if (storage_class !== undefined && storage_class !== 'STANDARD')
    return `the storage class ${storage_class}`;
  if (encryption !== undefined && encryption !== 'AES256') return `the encryption ${encryption}`;
  if (website_redirect !== undefined) return 'a redirect of a website';
  if (expires !== undefined) return 'an Expires header';
  const { metadata, texts: own } = headersOf(facts);
  const texts = [...Object.values(metadata), ...Object.values(own)];
  if (!texts.every((text) => /^[\x20-\x7e]*$/.test(text))) return 'headers beyond ASCII';
  return facts.lock_mode !== undefined || facts.legal_hold === 'ON' ? 'a lock' : undefined;
}

/** The headers that are put back. */
export function headersOf(stored: StoredHeaders): z.output<typeof Headers> {
  const texts: z.output<typeof Headers>['texts'] = {};
  for (const name of STORED_HEADERS) {
    const text = stored[name];
    if (text !== undefined) texts[name] = text;
  }
  return { texts, metadata: { ...stored.metadata } };
}
