import type { Precheck, ReadContext, UndoStep } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { After, Before } from './image.ts';
import type { ObjectFacts } from './model.ts';
import { keyIn, type ScopedKey } from './scope.ts';
import type { S3Types } from './tool.ts';

type Reading = ReadContext<S3Types>;
type Kept = Extract<Before, { versioning: 'enabled' }>;

/** Versions of one key that are looked through for a delete marker, which nothing else shows. */
const MOST_VERSIONS = 1000;

/**
 * What can be known of the way back of an object without writing: whether what it goes back to is still there, and
 * whether the version that the write made may go. Of rights S3 says nothing but by refusing. Throws ToolError.
 */
export async function objectAhead(
  context: Reading,
  { args, before, after, how }: UndoStep<{ readonly key: string }>,
): Promise<Precheck> {
  const untried = [`whether the account may write to ${context.target.name}: S3 says so only when it does`];
  const key = keyIn(context.target, args.key);
  const was = Before.parse(before);
  if (how === 'redo') return { untried };
  const { state, mfaDelete } = await context.client.versioning(context.signal);
  if (was.versioning === 'off') {
    const isOff = state === 'off';
    return { untried, obstacles: isOff ? [] : [`${key}: somebody turned on versioning of the bucket`] };
  }
  const made = After.nullable().parse(after)?.version_id ?? null;
  const found = await Promise.all([goneAhead(context, key, was), keptAhead(context, key, made)]);
  const mfa = mfaDelete ? [`${key}: the bucket lets a version be deleted with MFA alone`] : [];
  return { untried, obstacles: [...found.flat(), ...mfa] };
}

/** Whether the version is still there that will be the latest again. */
async function goneAhead(context: Reading, key: ScopedKey, { latest }: Kept): Promise<string[]> {
  if (!latest) return [];
  const { client, signal } = context;
  const { version_id: id, is_delete_marker: isMarker } = latest;
  const isThere = isMarker
    ? (await client.versions(key, { most: MOST_VERSIONS }, signal)).versions.some(
        ({ version_id }) => version_id === id,
      )
    : (await factsOf(context, key, id)) !== undefined;
  return isThere ? [] : [`${key}: the version that was there before is gone, so it cannot come back`];
}

/** Whether a lock keeps the version that the write made. */
async function keptAhead(context: Reading, key: ScopedKey, made: string | null): Promise<string[]> {
  const facts = made === null ? undefined : await factsOf(context, key, made);
  if (facts?.legal_hold === 'ON') return [`${key}: a legal hold keeps the version that the write made`];
  if (facts?.lock_mode === undefined) return [];
  return [`${key}: a lock keeps the version that the write made until ${facts.locked_until ?? 'some day'}`];
}

/** Undefined for a version that is not there, and for a delete marker. */
async function factsOf(
  { client, signal }: Reading,
  key: ScopedKey,
  version: string,
): Promise<ObjectFacts | undefined> {
  try {
    return await client.head(key, version, signal);
  } catch (error) {
    if (error instanceof ToolError && ['not_found', 'conflict'].includes(error.code)) return undefined;
    throw error;
  }
}
