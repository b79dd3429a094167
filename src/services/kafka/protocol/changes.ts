import {
  type API,
  createAPI,
  createPartitionsV3,
  createTopicsV7,
  deleteTopicsV6,
  incrementalAlterConfigsV1,
  murmur2,
  produceV7,
  Writer,
} from '@platformatic/kafka';
import { ToolError } from '../../../toolset/errors.ts';
import type { ConfigChange, NewMessage, NewTopic, TopicState } from '../client.ts';
import type { ScopedTopic } from '../scope.ts';
import type { Cluster } from './cluster.ts';
import { toNumber } from './refusal.ts';

/** Milliseconds that the cluster may take for a change before it answers that it is not through. */
const CHANGE_MS = 15_000;

/** Whether the cluster judges a change without making it. */
export interface Manner {
  readonly validateOnly: boolean;
}

/** Answers with the identifier of the new topic. */
export async function createTopic(
  cluster: Cluster,
  { name }: ScopedTopic,
  { partitions, replicationFactor, config }: NewTopic,
  { validateOnly }: Manner,
  signal: AbortSignal,
): Promise<string> {
  const controller = await cluster.controller(signal);
  const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }));
  const topic = { name, numPartitions: partitions, replicationFactor, assignments: [], configs };
  const { topics } = await controller.ask(createTopicsV7.api, [[topic], CHANGE_MS, validateOnly], signal);
  const made = topics.find((one) => one.name === name);
  if (made) return made.topicId;
  throw new ToolError(
    'outcome_unknown',
    'the broker’s answer does not name the topic; look before doing it again',
  );
}

/**
 * DeleteTopics, version 6, by identifier: the driver always sends a name with it, which brokers refuse.
 * @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/DeleteTopicsRequest.json
 */
const deleteById: API<[id: string, timeoutMs: number], unknown> = createAPI(
  20,
  6,
  (id: string, timeoutMs: number) =>
    Writer.create()
      .appendArray([id], (w, one) => w.appendString(null).appendUUID(one))
      .appendInt32(timeoutMs)
      .appendTaggedFields(),
  deleteTopicsV6.parseResponse,
);

const NO_ID = '00000000-0000-0000-0000-000000000000';

/** Deletes one topic by its identifier, so that none made meanwhile under its name is hit. */
export async function deleteTopic(cluster: Cluster, id: string, signal: AbortSignal): Promise<void> {
  if (id === NO_ID)
    throw new ToolError(
      'query_failed',
      'the cluster gives topics no identifiers, so none is deleted by them',
    );
  const controller = await cluster.controller(signal);
  await controller.ask(deleteById, [id, CHANGE_MS], signal);
}

const TOPIC_RESOURCE = 2;
const SET = 0;
const DELETE = 1;

export async function alterConfig(
  cluster: Cluster,
  { name }: ScopedTopic,
  changes: readonly ConfigChange[],
  { validateOnly }: Manner,
  signal: AbortSignal,
): Promise<void> {
  const controller = await cluster.controller(signal);
  const configs = changes.map(([key, value]) =>
    value === null
      ? ({ name: key, configOperation: DELETE } as const)
      : ({ name: key, configOperation: SET, value } as const),
  );
  const resource = { resourceType: TOPIC_RESOURCE, resourceName: name, configs } as const;
  await controller.ask(incrementalAlterConfigsV1.api, [[resource], validateOnly], signal);
}

export async function addPartitions(
  cluster: Cluster,
  { name }: ScopedTopic,
  total: number,
  signal: AbortSignal,
): Promise<void> {
  const controller = await cluster.controller(signal);
  const topic = { name, count: total, assignments: null };
  await controller.ask(createPartitionsV3.api, [[topic], CHANGE_MS, false], signal);
}

/** As the default partitioner of Kafka's Java clients. */
export const partitionOf = (key: Buffer, partitions: number): number =>
  (murmur2(key) & 0x7fffffff) % partitions;

const ALL_IN_SYNC = -1;

/** Writes one message, once: a second try after a lost answer could write it twice. */
export async function produce(
  cluster: Cluster,
  { name, partitions }: TopicState,
  partition: number,
  { key, value, headers }: NewMessage,
  signal: AbortSignal,
): Promise<number> {
  const leader = partitions.find((one) => one.partition === partition)?.leader ?? -1;
  const broker = await cluster.node(leader, signal);
  const record = {
    topic: name,
    partition,
    value,
    ...(key === null ? {} : { key }),
    headers: new Map(headers.map(([word, bytes]) => [Buffer.from(word), bytes])),
  };
  const answer = await broker.ask(produceV7.api, [ALL_IN_SYNC, CHANGE_MS, [record]], signal);
  const [written] =
    typeof answer === 'boolean' ? [] : answer.responses.flatMap((one) => one.partitionResponses);
  if (written) return toNumber(written.baseOffset);
  throw new ToolError(
    'outcome_unknown',
    'the broker’s answer does not name the message; look before doing it again',
  );
}
