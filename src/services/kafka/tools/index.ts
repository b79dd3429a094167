import { addPartitions } from './add-partitions.ts';
import { alterTopicConfig } from './alter-topic-config.ts';
import { consume } from './consume.ts';
import { createTopic } from './create-topic.ts';
import { deleteTopic } from './delete-topic.ts';
import { describeGroup } from './describe-group.ts';
import { describeTopic } from './describe-topic.ts';
import { groupLag } from './group-lag.ts';
import { listGroups } from './list-groups.ts';
import { listTopics } from './list-topics.ts';
import { lowerRetention } from './lower-retention.ts';
import { offsets } from './offsets.ts';
import { produce } from './produce.ts';
import { resetOffsets } from './reset-offsets.ts';
import { topicConfig } from './topic-config.ts';

/** Every tool of Kafka. */
export const tools = [
  listTopics,
  describeTopic,
  topicConfig,
  offsets,
  listGroups,
  describeGroup,
  groupLag,
  consume,
  createTopic,
  deleteTopic,
  alterTopicConfig,
  lowerRetention,
  addPartitions,
  produce,
  resetOffsets,
];
