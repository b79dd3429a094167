import { describeConfigsV4, listOffsetsV5 } from '@platformatic/kafka';
import type { ConfigEntry, OffsetQuestion, OffsetsByPartition, TopicState } from '../client.ts';
import type { ScopedTopic } from '../scope.ts';
import type { Cluster } from './cluster.ts';
import { refusal, toNumber } from './refusal.ts';

type Metadata = Awaited<ReturnType<Cluster['metadata']>>;
const UNKNOWN_TOPIC = 3;

/** Every topic that `isInside` leaves open; Kafka's own are left out however they are called. */
export async function listTopics(
  cluster: Cluster,
  isInside: (name: string) => boolean,
  signal: AbortSignal,
): Promise<TopicState[]> {
  const { topics } = await cluster.metadata(null, signal);
  return topics.flatMap((topic) =>
    topic.name !== undefined && topic.name !== null && !topic.isInternal && isInside(topic.name)
      ? [stateOf(topic.name, topic)]
      : [],
  );
}

/** One topic. Undefined where the cluster has none of the name. */
export async function findTopic(
  cluster: Cluster,
  { name }: ScopedTopic,
  signal: AbortSignal,
): Promise<TopicState | undefined> {
  const { topics } = await cluster.metadata([name], signal);
  const found = topics.find((topic) => topic.name === name);
  if (!found || found.errorCode === UNKNOWN_TOPIC || found.isInternal) return undefined;
  if (found.errorCode !== 0) throw refusal(found.errorCode);
  return stateOf(name, found);
}

const stateOf = (name: string, topic: Metadata['topics'][number]): TopicState => ({
  name,
  id: topic.topicId,
  partitions: topic.partitions
    .map((one) => ({
      partition: one.partitionIndex,
      leader: one.leaderId,
      replicas: one.replicaNodes,
      isr: one.isrNodes,
      offline: one.offlineReplicas,
    }))
    .sort((a, b) => a.partition - b.partition),
});

const TOPIC_RESOURCE = 2;
/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/java/org/apache/kafka/common/requests/DescribeConfigsResponse.java */
const OF_TOPIC = 1;
const SOURCES: Readonly<Record<number, ConfigEntry['source']>> = {
  1: 'topic',
  2: 'broker',
  3: 'broker',
  4: 'broker',
  5: 'default',
};

/** The settings of one topic. Undefined where there is none of the name. */
export async function topicConfig(
  cluster: Cluster,
  { name }: ScopedTopic,
  names: readonly string[] | null,
  signal: AbortSignal,
): Promise<ConfigEntry[] | undefined> {
  const broker = await cluster.any(signal);
  const resource = { resourceType: TOPIC_RESOURCE, resourceName: name } as const;
  const wanted = { ...resource, configurationKeys: names && [...names] };
  const { results } = await broker.askForParts(describeConfigsV4.api, [[wanted], true, false], signal);
  const found = results.find((one) => one.resourceName === name && one.resourceType === TOPIC_RESOURCE);
  if (!found || found.errorCode === UNKNOWN_TOPIC) return undefined;
  if (found.errorCode !== 0) throw refusal(found.errorCode);
  return found.configs.map((one) => ({
    name: one.name,
    value: one.isSensitive ? null : (one.value ?? null),
    source: SOURCES[one.configSource] ?? 'unknown',
    readOnly: one.readOnly,
    isSensitive: one.isSensitive,
    inherited: one.isSensitive
      ? null
      : (one.synonyms.find(({ source }) => source !== OF_TOPIC)?.value ?? null),
  }));
}

const TIMES = { earliest: -2n, latest: -1n } as const;
/** Messages of transactions that are open or were given up count, as they take up offsets too. */
const READ_UNCOMMITTED = 0;
const NO_REPLICA = -1;
const ANY_EPOCH = -1;
const NONE_SO_LATE = -1;

/** Offsets of a topic's partitions, each from its leader; a partition that has none at the moment is left out. */
export async function offsetsOf(
  cluster: Cluster,
  { name, partitions: all }: TopicState,
  question: OffsetQuestion,
  signal: AbortSignal,
  only?: readonly number[],
): Promise<OffsetsByPartition> {
  // Times before 1970 would be taken for the questions that are spelt as negative times.
  const timestamp = typeof question === 'number' ? BigInt(Math.max(0, question)) : TIMES[question];
  const asked = all.filter(
    ({ partition, leader }) => leader >= 0 && (only === undefined || only.includes(partition)),
  );
  const leaders = [...new Set(asked.map(({ leader }) => leader))];
  const answers = await Promise.all(
    leaders.map(async (leader) => {
      const broker = await cluster.node(leader, signal);
      const partitions = asked
        .filter((one) => one.leader === leader)
        .map(({ partition }) => ({ partitionIndex: partition, currentLeaderEpoch: ANY_EPOCH, timestamp }));
      const { topics } = await broker.askForParts(
        listOffsetsV5.api,
        [NO_REPLICA, READ_UNCOMMITTED, [{ name, partitions }]],
        signal,
      );
      return topics.filter((topic) => topic.name === name).flatMap((topic) => topic.partitions);
    }),
  );
  return new Map(
    answers.flat().map(({ partitionIndex, errorCode, offset }) => {
      if (errorCode !== 0) throw refusal(errorCode);
      const at = toNumber(offset);
      return [partitionIndex, at === NONE_SO_LATE ? null : at];
    }),
  );
}
