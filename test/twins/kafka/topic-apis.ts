import { type Api, type Call, denial, ERROR } from './request.ts';
import { DEFAULTS, type TwinTopic } from './state.ts';
import { Out, Violation } from './wire.ts';

const NAME = /^[a-zA-Z0-9._-]{1,249}$/;
const notHere = ({ state, node }: Call): number => (node === state.controller ? 0 : ERROR.NOT_CONTROLLER);

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/CreateTopicsRequest.json */
export const createTopics: Api = {
  key: 19,
  name: 'CreateTopics',
  versions: [7, 7],
  flexibleFrom: 5,
  handle(call) {
    const { body, note, state } = call;
    const topics = body.list(true, () => {
      const name = body.string(true);
      const [partitions, replication] = [body.int32(), body.int16()];
      if (body.list(true, () => 0).length > 0) throw new Violation('nobody assigns replicas by hand');
      const config = body.list(true, () => {
        const pair = [body.string(true), body.nullable(true) ?? ''] as const;
        body.tags();
        return pair;
      });
      body.tags();
      return { name, partitions, replication, config };
    });
    body.int32();
    const validateOnly = body.bool();
    body.tags();
    note({ topics, validateOnly });
    const out = new Out().int32(0);
    out.array(topics, true, (wanted) => {
      const { name, partitions, config } = wanted;
      const code =
        call.code || denial(call, 'topic', name, 'Create') || notHere(call) || refusal(call, wanted);
      const isMade = code === 0 && !validateOnly;
      const made = isMade ? state.create(name, partitions, Object.fromEntries(config)) : undefined;
      out
        .string(name, true)
        .uuid(made?.id ?? '0'.repeat(32))
        .int16(code)
        .string(code ? 'twin refuses' : null, true);
      out
        .int32(code ? -1 : partitions)
        .int16(code ? -1 : 1)
        .uvarint(code ? 0 : 1)
        .tags();
    });
    return out.tags();
  },
};

interface Wanted {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly config: readonly (readonly [string, string])[];
}
function refusal({ state }: Call, { name, partitions, replication, config }: Wanted): number {
  if (!NAME.test(name)) return ERROR.INVALID_TOPIC;
  if (state.topics.has(name)) return ERROR.TOPIC_EXISTS;
  if (partitions < 1) return ERROR.INVALID_PARTITIONS;
  if (replication > state.nodes.length) return ERROR.INVALID_REPLICATION;
  return config.every(([key]) => key in DEFAULTS) ? 0 : ERROR.INVALID_CONFIG;
}

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/DeleteTopicsRequest.json */
export const deleteTopics: Api = {
  key: 20,
  name: 'DeleteTopics',
  versions: [6, 6],
  flexibleFrom: 4,
  handle(call) {
    const { body, note, state } = call;
    const topics = body.list(true, () => {
      const one = { name: body.nullable(true), id: body.uuid() };
      body.tags();
      return one;
    });
    body.int32();
    body.tags();
    note({ topics });
    const out = new Out().int32(0);
    out.array(topics, true, ({ name, id }) => {
      const isById = !/^0+$/.test(id);
      if (isById === (name !== null))
        throw new Violation('topic name and topic id can not both be specified');
      const found = [...state.topics].find(([key, topic]) => (isById ? topic.id === id : key === name));
      const missing = isById ? ERROR.UNKNOWN_TOPIC_ID : ERROR.UNKNOWN_TOPIC;
      const denied = found ? denial(call, 'topic', found[0], 'Delete') : 0;
      const code = call.code || denied || notHere(call) || (found ? 0 : missing);
      if (found && code === 0) state.topics.delete(found[0]);
      out
        .string(found?.[0] ?? name, true)
        .uuid(id)
        .int16(code)
        .string(null, true)
        .tags();
    });
    return out.tags();
  },
};

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/CreatePartitionsRequest.json */
export const createPartitions: Api = {
  key: 37,
  name: 'CreatePartitions',
  versions: [3, 3],
  flexibleFrom: 2,
  handle(call) {
    const { body, note, state } = call;
    const topics = body.list(true, () => {
      const one = { name: body.string(true), count: body.int32() };
      if (body.array(true, () => 0) !== null) throw new Violation('nobody assigns replicas by hand');
      body.tags();
      return one;
    });
    body.int32();
    if (body.bool()) throw new Violation('validate_only');
    body.tags();
    note({ topics });
    const out = new Out().int32(0);
    out.array(topics, true, ({ name, count }) => {
      const topic = state.topics.get(name);
      const code = call.code || notHere(call) || cannotGrow(topic, count);
      if (topic && code === 0) state.grow(topic, count);
      out.string(name, true).int16(code).string(null, true).tags();
    });
    return out.tags();
  },
};

function cannotGrow(topic: TwinTopic | undefined, count: number): number {
  if (!topic) return ERROR.UNKNOWN_TOPIC;
  return count <= topic.partitions.length ? ERROR.INVALID_PARTITIONS : 0;
}
