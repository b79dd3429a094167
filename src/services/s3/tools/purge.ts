import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { Key, VersionId } from '../names.ts';
import { keyIn, type ScopedKey, scopeOf } from '../scope.ts';
import { tool, type Writing } from '../tool.ts';

export const purge = tool({
  name: 's3_purge',
  access: 'write',
  reach: 'sub',
  title: 'Delete an object or version for good',
  description:
    'Delete for good: the one version named, or in a bucket that keeps no versions the object itself. A lock or retention is never overridden.',
  params: z.strictObject({ key: Key, version_id: VersionId.optional() }),
  output: z.strictObject({ key: z.string(), version_id: z.string().optional() }),
  effect: { kind: 'destroy', irreversible: 'the bytes are gone' },
  scope: (target, { key, version_id }) => scopeOf(target, key, version_id),
  async run(context, { key: name, version_id }) {
    const { client, target, signal } = context;
    const key = keyIn(target, name);
    if (version_id === undefined) {
      await assertWithoutVersions(context, key);
      await client.remove(key, {}, signal);
      return { key: key.name };
    }
    await assertThere(context, key, version_id);
    await client.remove(key, { version: version_id }, signal);
    return { key: key.name, version_id };
  },
});

async function assertWithoutVersions({ client, signal }: Writing, key: ScopedKey): Promise<void> {
  if ((await client.versioning(signal)).state === 'enabled')
    throw new ToolError(
      'conflict',
      'the bucket keeps versions: name the version_id, or let s3_delete lay a delete marker',
    );
  await client.head(key, undefined, signal);
}

/** A server reports the deletion of a version that never was as done. */
async function assertThere({ client, signal }: Writing, key: ScopedKey, version: string): Promise<void> {
  await client.head(key, version, signal).catch((error: unknown) => {
    // A delete marker is there too, and has nothing to look at.
    if (!(error instanceof ToolError && error.code === 'conflict')) throw error;
  });
}
