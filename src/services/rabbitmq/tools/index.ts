import { alarms } from './alarms.ts';
import { bind } from './bind.ts';
import { bindings } from './bindings.ts';
import { connections } from './connections.ts';
import { consumers } from './consumers.ts';
import { declareExchange } from './declare-exchange.ts';
import { declareQueue } from './declare-queue.ts';
import { deleteExchange } from './delete-exchange.ts';
import { deletePolicy } from './delete-policy.ts';
import { deleteQueue } from './delete-queue.ts';
import { dropQueue } from './drop-queue.ts';
import { exchanges } from './exchanges.ts';
import { nodes } from './nodes.ts';
import { overview } from './overview.ts';
import { peek } from './peek.ts';
import { policies } from './policies.ts';
import { publish } from './publish.ts';
import { purgeQueue } from './purge-queue.ts';
import { queue } from './queue.ts';
import { queues } from './queues.ts';
import { setPolicy } from './set-policy.ts';
import { unbind } from './unbind.ts';

/** Every tool of RabbitMQ. */
export const tools = [
  overview,
  nodes,
  alarms,
  queues,
  queue,
  exchanges,
  bindings,
  connections,
  consumers,
  policies,
  publish,
  peek,
  declareQueue,
  deleteQueue,
  dropQueue,
  purgeQueue,
  declareExchange,
  deleteExchange,
  bind,
  unbind,
  setPolicy,
  deletePolicy,
];
