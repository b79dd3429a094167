import { defineService } from '../../toolset/define.ts';
import { advise } from './advise.ts';
import { KafkaConnection, TopicsEntry } from './connection.ts';
import type { KafkaTypes } from './tool.ts';
import { tools } from './tools/index.ts';

/** Apache Kafka, over its own protocol. */
export const kafka = defineService<KafkaTypes, typeof KafkaConnection>({
  type: 'kafka',
  layer: 'operations',
  prefix: 'kafka',
  title: 'Apache Kafka',
  description: 'A Kafka 3.0+ cluster, reached by topics and consumer groups.',
  connection: KafkaConnection,
  subComponents: {
    key: 'topics',
    singular: 'set of topics',
    entry: TopicsEntry,
    narrowable: ['match', 'groups'],
    required: true,
  },
  links: {
    produces: { description: 'Sends messages to the topics.' },
    consumes: { description: 'Reads messages of the topics in its groups.' },
    operates: { description: 'Looks after the topics and groups.' },
    observes: { description: 'Looks, and never changes.', access: 'read' },
  },
  tools,
  configuration: [
    {
      tool: 'kafka_list_topics',
      args: { count: 500 },
      list: 'topics',
      key: ['topic'],
      fields: ['partitions', 'replication_factor'],
    },
  ],
  connect: async () => (await import('./connect.ts')).connector,
  advise,
});
