import { ToolError } from '../../../toolset/errors.ts';
import type { Before } from '../image.ts';
import type { Condition } from '../model.ts';
import { conditionGiven, headersGiven, objectGiven, PutOutput, PutParams } from '../put.ts';
import { keyIn, scopeOf } from '../scope.ts';
import { tool } from '../tool.ts';
import { foundIn, wayBack } from '../way-back.ts';

export const put = tool({
  name: 's3_put',
  access: 'write',
  reach: 'sub',
  title: 'Write an object',
  description:
    'Write one object of at most 1 MiB. It can be taken back where the bucket keeps versions, or the object that it replaces is plain and has at most 256 KiB; else the call is refused.',
  params: PutParams,
  output: PutOutput,
  effect: wayBack<PutParams>('update', 's3_put_irreversible', headersGiven),
  scope: (target, { key }) => scopeOf(target, key),
  async run(context, args) {
    const { client, target, signal, recordAfter } = context;
    const key = keyIn(target, args.key);
    const object = objectGiven(args);
    const condition = conditionOf(foundIn(context, key), conditionGiven(args));
    const { etag, version_id } = await client.put(key, object, condition, signal);
    // Only the answer names what was made, so the record can only follow it.
    await recordAfter({ version_id: version_id ?? null, etag });
    return { key: key.name, etag, version_id, bytes: object.bytes.length };
  },
});

/** In a bucket without versions the write goes through only over what was kept. Throws ToolError('conflict'). */
function conditionOf(before: Before, given: Condition): Condition {
  const etag = before.versioning === 'off' ? (before.object?.etag ?? null) : before.etag;
  const expected = given === 'absent' ? null : given === 'any' ? etag : given.etag;
  if (expected !== etag)
    throw new ToolError('conflict', `the object’s ETag is ${etag ?? 'absent'}; nothing was written`);
  if (before.versioning === 'enabled') return given;
  return etag === null ? 'absent' : { etag };
}
