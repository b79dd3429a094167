import { defineService } from '../../toolset/define.ts';
import { advise } from './advise.ts';
import { RabbitConnection, VhostEntry } from './connection.ts';
import type { RabbitTypes } from './tool.ts';
import { tools } from './tools/index.ts';

/** RabbitMQ, through the HTTP API of its management plugin. */
export const rabbitmq = defineService<RabbitTypes, typeof RabbitConnection>({
  type: 'rabbitmq',
  layer: 'operations',
  prefix: 'rabbitmq',
  title: 'RabbitMQ',
  description: 'A RabbitMQ 3.10+ broker with the management plugin, reached by virtual host.',
  connection: RabbitConnection,
  subComponents: {
    key: 'vhosts',
    singular: 'virtual host',
    entry: VhostEntry,
    narrowable: ['queues', 'exchanges'],
    required: true,
  },
  links: {
    publishes: { description: 'Sends messages to the exchanges.' },
    consumes: { description: 'Takes messages from the queues.' },
    operates: { description: 'Looks after the broker, its queues, exchanges and policies.' },
    observes: { description: 'Looks, and never changes.', access: 'read' },
  },
  tools,
  configuration: [
    {
      tool: 'rabbitmq_queues',
      args: { count: 500 },
      list: 'queues',
      key: ['name'],
      fields: ['type', 'durable', 'policy'],
    },
    {
      tool: 'rabbitmq_exchanges',
      list: 'exchanges',
      key: ['name'],
      fields: ['type', 'durable', 'auto_delete', 'internal', 'arguments'],
    },
    {
      tool: 'rabbitmq_bindings',
      list: 'bindings',
      key: ['exchange', 'destination', 'destination_type', 'routing_key'],
      fields: ['arguments'],
    },
    {
      tool: 'rabbitmq_policies',
      list: 'policies',
      key: ['name'],
      fields: ['operator', 'pattern', 'apply_to', 'priority', 'definition'],
    },
  ],
  connect: async () => (await import('./connect.ts')).connector,
  advise,
});
