import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { TopicName } from '../names.ts';
import { partitionsOf, stateOf } from '../position.ts';
import { topicIn } from '../scope.ts';
import { tool } from '../tool.ts';

const Encoding = z.enum(['text', 'base64']).default('text');
const MOST_LETTERS = 262_144;

export const produce = tool({
  name: 'kafka_produce',
  access: 'write',
  reach: 'sub',
  title: 'Write a message',
  description:
    'Write one message to a topic. Without a partition, its key chooses it as in Kafka’s own clients.',
  params: z.strictObject({
    topic: TopicName,
    partition: z.number().int().min(0).optional(),
    key: z.string().max(MOST_LETTERS).optional(),
    key_encoding: Encoding,
    value: z.string().max(MOST_LETTERS),
    encoding: Encoding,
    headers: z
      .record(z.string().min(1).max(255), z.string().max(4096))
      .refine((headers) => Object.keys(headers).length <= 20, 'at most 20 headers')
      .default({}),
  }),
  output: z.strictObject({ topic: z.string(), partition: z.number(), offset: z.number() }),
  effect: { kind: 'create', irreversible: 'a consumer may read the message at once' },
  scope: (target, { topic }) => ({
    resources: [`${target.name}/topic:${topicIn(target, topic)}`],
    atMost: 1,
  }),
  async run(context, args) {
    const { client, target, signal } = context;
    const key = args.key === undefined ? null : bytesOf('key', args.key, args.key_encoding);
    const value = bytesOf('value', args.value, args.encoding);
    const headers = Object.entries(args.headers).map(
      ([name, text]) => [name, bytesOf(`headers.${name}`, text, 'text')] as const,
    );
    const state = await stateOf(context, topicIn(target, args.topic));
    const count = state.partitions.length;
    const chosen = args.partition ?? (key ? client.partitionOf(key, count) : randomInt(count));
    partitionsOf(state, [chosen]);
    const offset = await client.produce(state, chosen, { key, value, headers }, signal);
    return { topic: state.name, partition: chosen, offset };
  },
});

function bytesOf(what: string, text: string, encoding: 'text' | 'base64'): Buffer {
  const name = encoding === 'text' ? 'utf8' : 'base64';
  const bytes = Buffer.from(text, name);
  if (bytes.toString(name) === text) return bytes;
  const why = encoding === 'text' ? 'has half of a surrogate pair; give valid Unicode' : 'not base64';
  throw new ToolError('invalid_arguments', `${what}: ${why}`);
}
