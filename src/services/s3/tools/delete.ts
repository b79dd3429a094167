import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { Key } from '../names.ts';
import { keyIn, scopeOf } from '../scope.ts';
import { tool } from '../tool.ts';
import { foundIn, wayBack } from '../way-back.ts';

const Params = z.strictObject({ key: Key });

export const remove = tool({
  name: 's3_delete',
  access: 'write',
  reach: 'sub',
  title: 'Delete an object',
  description:
    'Delete one object: where the bucket keeps versions by a delete marker, else only if it is plain and has at most 256 KiB, so that it can be put back. s3_purge deletes for good.',
  params: Params,
  output: z.strictObject({ key: z.string(), delete_marker: z.string().optional() }),
  effect: wayBack<z.output<typeof Params>>('destroy', 's3_purge'),
  scope: (target, { key }) => scopeOf(target, key),
  async run(context, { key: name }) {
    const { client, target, signal, recordAfter } = context;
    const key = keyIn(target, name);
    const before = foundIn(context, key);
    const isThere =
      before.versioning === 'off' ? before.object !== null : before.latest?.is_delete_marker === false;
    if (!isThere) throw new ToolError('not_found', `there is no object ${key}`);
    if (before.versioning === 'off') {
      await recordAfter({ version_id: null, etag: null });
      await client.remove(key, { etag: before.object?.etag }, signal);
      return { key: key.name };
    }
    // A marker hides and ends nothing, whatever somebody wrote meanwhile.
    const { version_id, isMarker } = await client.remove(key, {}, signal);
    const marker = isMarker ? version_id : undefined;
    await recordAfter({ version_id: marker ?? null, etag: null });
    return { key: key.name, delete_marker: marker };
  },
});
