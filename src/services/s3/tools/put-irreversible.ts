import { conditionGiven, objectGiven, PutOutput, PutParams } from '../put.ts';
import { keyIn, scopeOf } from '../scope.ts';
import { tool } from '../tool.ts';

export const putIrreversible = tool({
  name: 's3_put_irreversible',
  access: 'write',
  reach: 'sub',
  title: 'Write an object for good',
  description: 'Write one object of at most 1 MiB where s3_put refuses to, over whatever is there.',
  params: PutParams,
  output: PutOutput,
  effect: { kind: 'destroy', irreversible: 'an object that it replaces may not be kept anywhere' },
  scope: (target, { key }) => scopeOf(target, key),
  async run({ client, target, signal }, args) {
    const key = keyIn(target, args.key);
    const object = objectGiven(args);
    const { etag, version_id } = await client.put(key, object, conditionGiven(args), signal);
    return { key: key.name, etag, version_id, bytes: object.bytes.length };
  },
});
