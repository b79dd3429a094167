import { endTrial } from '../../../toolset/trial-end.ts';
import type { Fetched, KafkaReader, KafkaWriter, TopicState } from '../client.ts';
import type { TopicsEntry } from '../connection.ts';
import { reaches } from '../scope.ts';
import { addPartitions, alterConfig, createTopic, deleteTopic, partitionOf, produce } from './changes.ts';
import type { Cluster } from './cluster.ts';
import { commitOffsets, deleteOffsets } from './commits.ts';
import { fetchRecords } from './fetch.ts';
import { committedOffsets, describeGroup, listGroups } from './groups.ts';
import { decodeBatches } from './records.ts';
import { refusal } from './refusal.ts';
import { groupOperations, topicOperations } from './rights.ts';
import { findTopic, listTopics, offsetsOf, topicConfig } from './topics.ts';

/** Bytes of one fetch; a batch that is larger comes alone. */
const FETCH_BYTES = 512 * 1024;
const UNKNOWN_PARTITION = 3;

/** Makes a reader of what an entry leaves open. */
export function createReader(cluster: Cluster, entry: TopicsEntry): KafkaReader {
  const isTopic = (name: string) => reaches(entry, 'topic', name);
  const isGroup = (name: string) => reaches(entry, 'group', name);
  return {
    topics: (signal) => listTopics(cluster, isTopic, signal),
    topic: (topic, signal) => findTopic(cluster, topic, signal),
    config: (topic, names, signal) => topicConfig(cluster, topic, names, signal),
    offsets: (state, question, signal, partitions) => offsetsOf(cluster, state, question, signal, partitions),
    groups: (signal) => listGroups(cluster, isGroup, signal),
    group: (group, signal) => describeGroup(cluster, group, isTopic, signal),
    committed: (group, signal) => committedOffsets(cluster, group, isTopic, signal),
    topicOperations: (topic, signal) => topicOperations(cluster, topic, signal),
    groupOperations: (group, signal) => groupOperations(cluster, group, signal),
    fetch: (state, position, signal) => fetchFrom(cluster, state, position, signal),
  };
}

/** Makes a session for one granted call. */
export const createWriter = (cluster: Cluster, entry: TopicsEntry): KafkaWriter => ({
  ...createReader(cluster, entry),
  createTopic: (topic, wanted, signal) => createTopic(cluster, topic, wanted, CARRY_OUT, signal),
  deleteTopic: ({ id }, signal) => deleteTopic(cluster, id, signal),
  alterConfig: (topic, changes, signal) => alterConfig(cluster, topic, changes, CARRY_OUT, signal),
  addPartitions: (topic, total, signal) => addPartitions(cluster, topic, total, signal),
  partitionOf,
  produce: (state, partition, message, signal) => produce(cluster, state, partition, message, signal),
  commit: (group, topic, offsets, signal) => commitOffsets(cluster, group, topic, offsets, signal),
  forget: (group, topic, partitions, signal) => deleteOffsets(cluster, group, topic, partitions, signal),
});

const CARRY_OUT = { validateOnly: false } as const;

/**
 * Makes a session on which a way back is tried. The cluster judges what it can without doing it; any other change ends
 * the trial, and its request is on no list of the connection.
 */
export const createRehearsal = (cluster: Cluster, entry: TopicsEntry): KafkaWriter => ({
  ...createReader(cluster, entry),
  createTopic: (topic, wanted, signal) => createTopic(cluster, topic, wanted, VALIDATE, signal),
  deleteTopic: endTrial,
  alterConfig: (topic, changes, signal) => alterConfig(cluster, topic, changes, VALIDATE, signal),
  addPartitions: endTrial,
  partitionOf,
  produce: endTrial,
  commit: endTrial,
  forget: endTrial,
});

const VALIDATE = { validateOnly: true } as const;

async function fetchFrom(
  cluster: Cluster,
  { name, partitions }: TopicState,
  { partition, offset, most }: Parameters<KafkaReader['fetch']>[1],
  signal: AbortSignal,
): Promise<Fetched> {
  const leader = partitions.find((one) => one.partition === partition)?.leader ?? -1;
  const broker = await cluster.node(leader, signal);
  const question = { topic: name, partition, offset: BigInt(offset), bytes: FETCH_BYTES };
  const answer = await broker.ask(fetchRecords, [question], signal);
  if (answer.isThrottled) return { records: [], next: offset, bytes: 0, isThrottled: true };
  const found = answer.partitions.find((one) => one.topic === name && one.partition === partition);
  if (found?.code !== 0) throw refusal(found?.code ?? UNKNOWN_PARTITION);
  const { records, next, unpacked } = decodeBatches(found.batches, offset, most);
  return { records, next, bytes: Math.max(found.batches.length, unpacked), isThrottled: false };
}
