import type { Change, Effect } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { objectAhead } from './ahead.ts';
import { After, Before, factsNow, headersOf, type Kept, latestOf, lookBefore } from './image.ts';
import type { ObjectFacts, StoredHeaders } from './model.ts';
import { keyIn, type ScopedKey } from './scope.ts';
import type { S3Types, Writing } from './tool.ts';

interface Named {
  readonly key: string;
}

/**
 * The way back that the reversible writes share: where the bucket keeps versions, the version or marker that the
 * write made is taken away again; where it keeps none, the object that was there is written back.
 *
 * @param instead the tool that does the same for good
 * @param headersAfter the headers that the write leaves an object with; absent where it leaves none
 */
export const wayBack = <P extends Named>(
  kind: 'update' | 'destroy',
  instead: string,
  headersAfter?: (args: P) => StoredHeaders,
): Effect<S3Types, P> => ({
  kind,
  way: 'takes the version or delete marker away, or where the bucket keeps no versions writes the object back',
  async capture(context, { key: name }) {
    const key = keyIn(context.target, name);
    const before = await lookBefore(context, key, instead);
    context.client.found.set(key.name, before);
    return before;
  },
  precheck: objectAhead,
  async isBack(context, { args, before }: Change<P>) {
    const key = keyIn(context.target, args.key);
    const was = Before.parse(before);
    if (was.versioning === 'off') return isAs(await factsNow(context, key), storedBefore(was.object));
    const latest = await latestOf(context, key);
    return (latest?.version_id ?? null) === (was.latest?.version_id ?? null);
  },
  async revert(context, { args, before, after }: Change<P>) {
    const key = keyIn(context.target, args.key);
    const was = Before.parse(before);
    const left = after === null ? null : After.parse(after);
    if (was.versioning === 'enabled') return takeVersionAway(context, key, was, left);
    await putObjectBack(context, key, was.object, { left, headers: headersAfter?.(args) });
  },
});

/** What the capture of this very session found. */
export function foundIn({ client }: Writing, key: ScopedKey): Before {
  const before = client.found.get(key.name);
  if (before === undefined) throw new TypeError('a write ran in a session that did not look first');
  return before;
}

const changed = (key: ScopedKey, why = 'somebody changed it since the write') =>
  new ToolError('conflict', `${key} stays as it is: ${why}`);

type Enabled = Extract<Before, { versioning: 'enabled' }>;

async function takeVersionAway(context: Writing, key: ScopedKey, was: Enabled, left: After | null) {
  const { client, signal } = context;
  const now = (await latestOf(context, key))?.version_id ?? null;
  if (now === (was.latest?.version_id ?? null)) return;
  if (left?.version_id == null) throw changed(key, 'it is not known which version the write made');
  if (now !== left.version_id) throw changed(key);
  await client.remove(key, { version: left.version_id }, signal);
}

interface Left {
  readonly left: After | null;
  readonly headers: StoredHeaders | undefined;
}

async function putObjectBack(context: Writing, key: ScopedKey, was: Kept | null, { left, headers }: Left) {
  const { client, signal } = context;
  if ((await client.versioning(signal)).state !== 'off')
    throw changed(key, 'somebody turned on versioning of the bucket');
  const now = await factsNow(context, key);
  if (isAs(now, storedBefore(was))) return;
  if (left === null) throw changed(key, 'it is not known who wrote it');
  const written = left.etag === null || headers === undefined ? null : { etag: left.etag, headers };
  if (!isAs(now, written)) throw changed(key);
  // The server checks the same again, where it knows such conditions, so that nobody gets in between.
  if (was === null) {
    await client.remove(key, { etag: now?.etag }, signal);
    return;
  }
  const object = { bytes: Buffer.from(was.base64, 'base64'), headers: storedAs(was) };
  await client.put(key, object, now === null ? 'absent' : { etag: now.etag }, signal);
}

const storedAs = ({ headers }: Kept): StoredHeaders => ({ ...headers.texts, metadata: headers.metadata });

const storedBefore = (was: Kept | null) => was && { etag: was.etag, headers: storedAs(was) };

/** Whether an object has the content and the headers that it was given, or is absent as it was. */
function isAs(now: ObjectFacts | null, then: { etag: string; headers: StoredHeaders } | null): boolean {
  if (now === null || then === null) return now === null && then === null;
  return now.etag === then.etag && fingerprint(now) === fingerprint(then.headers);
}

const fingerprint = (headers: StoredHeaders): string => {
  const { texts, metadata } = headersOf(headers);
  return JSON.stringify([texts, Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))]);
};
