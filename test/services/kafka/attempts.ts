import { addPartitions } from '../../../src/services/kafka/tools/add-partitions.ts';
import { alterTopicConfig } from '../../../src/services/kafka/tools/alter-topic-config.ts';
import { consume } from '../../../src/services/kafka/tools/consume.ts';
import { createTopic } from '../../../src/services/kafka/tools/create-topic.ts';
import { deleteTopic } from '../../../src/services/kafka/tools/delete-topic.ts';
import { describeGroup } from '../../../src/services/kafka/tools/describe-group.ts';
import { describeTopic } from '../../../src/services/kafka/tools/describe-topic.ts';
import { groupLag } from '../../../src/services/kafka/tools/group-lag.ts';
import { listGroups } from '../../../src/services/kafka/tools/list-groups.ts';
import { listTopics } from '../../../src/services/kafka/tools/list-topics.ts';
import { lowerRetention } from '../../../src/services/kafka/tools/lower-retention.ts';
import { offsets } from '../../../src/services/kafka/tools/offsets.ts';
import { produce } from '../../../src/services/kafka/tools/produce.ts';
import { resetOffsets } from '../../../src/services/kafka/tools/reset-offsets.ts';
import { topicConfig } from '../../../src/services/kafka/tools/topic-config.ts';
import type { Lab } from './fixture.ts';

type Kafka = Lab['kafka'];
export type Attempt = readonly [name: string, run: (kafka: Kafka) => Promise<unknown>];

/** Every tool that names a topic. */
export const onTopic = (topic: string): Attempt[] => [
  ...readsOf(topic),
  [createTopic.name, (kafka) => kafka.write(createTopic, 'it', { topic, partitions: 1 })],
  [deleteTopic.name, (kafka) => kafka.write(deleteTopic, 'it', { topic })],
  [
    alterTopicConfig.name,
    (kafka) => kafka.write(alterTopicConfig, 'it', { topic, set: { 'segment.ms': 1 } }),
  ],
  [
    lowerRetention.name,
    (kafka) => kafka.write(lowerRetention, 'it', { topic, retention: { 'retention.ms': 1 } }),
  ],
  [addPartitions.name, (kafka) => kafka.write(addPartitions, 'it', { topic, from: 1, to: 2 })],
  [produce.name, (kafka) => kafka.write(produce, 'it', { topic, value: 'x' })],
  [
    resetOffsets.name,
    (kafka) => kafka.write(resetOffsets, 'it', { group: 'orders-mail', topic, position: 'latest' }),
  ],
];

const readsOf = (topic: string): Attempt[] => [
  [describeTopic.name, (kafka) => kafka.read(describeTopic, 'it', { topic })],
  [topicConfig.name, (kafka) => kafka.read(topicConfig, 'it', { topic })],
  [offsets.name, (kafka) => kafka.read(offsets, 'it', { topic })],
  [consume.name, (kafka) => kafka.read(consume, 'it', { topic, position: 'earliest' })],
  [groupLag.name, (kafka) => kafka.read(groupLag, 'it', { group: 'orders-mail', topic })],
];

/** Every tool that names a group. */
export const onGroup = (group: string): Attempt[] => [
  [describeGroup.name, (kafka) => kafka.read(describeGroup, 'it', { group })],
  [groupLag.name, (kafka) => kafka.read(groupLag, 'it', { group })],
  [
    resetOffsets.name,
    (kafka) => kafka.write(resetOffsets, 'it', { group, topic: 'orders', position: 'latest' }),
  ],
];

/** Every reading tool, at a topic and a group. */
export const reads = (topic: string, group: string): Attempt[] => [
  [listTopics.name, (kafka) => kafka.read(listTopics, 'it', {})],
  [listGroups.name, (kafka) => kafka.read(listGroups, 'it', {})],
  ...readsOf(topic),
  ...onGroup(group).filter(([name]) => name !== resetOffsets.name),
];
