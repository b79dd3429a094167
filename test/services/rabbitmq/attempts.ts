import { bind } from '../../../src/services/rabbitmq/tools/bind.ts';
import { bindings } from '../../../src/services/rabbitmq/tools/bindings.ts';
import { consumers } from '../../../src/services/rabbitmq/tools/consumers.ts';
import { declareExchange } from '../../../src/services/rabbitmq/tools/declare-exchange.ts';
import { declareQueue } from '../../../src/services/rabbitmq/tools/declare-queue.ts';
import { deleteExchange } from '../../../src/services/rabbitmq/tools/delete-exchange.ts';
import { deletePolicy } from '../../../src/services/rabbitmq/tools/delete-policy.ts';
import { deleteQueue } from '../../../src/services/rabbitmq/tools/delete-queue.ts';
import { dropQueue } from '../../../src/services/rabbitmq/tools/drop-queue.ts';
import { peek } from '../../../src/services/rabbitmq/tools/peek.ts';
import { publish } from '../../../src/services/rabbitmq/tools/publish.ts';
import { purgeQueue } from '../../../src/services/rabbitmq/tools/purge-queue.ts';
import { queue } from '../../../src/services/rabbitmq/tools/queue.ts';
import { setPolicy } from '../../../src/services/rabbitmq/tools/set-policy.ts';
import { unbind } from '../../../src/services/rabbitmq/tools/unbind.ts';
import type { Rabbit } from './lab.ts';

export type Attempt = (rabbit: Rabbit, sub: string) => Promise<unknown>;

/** One call for each place of each tool where a caller names a queue. */
export const ON_QUEUES = (name: string): Attempt[] => [
  (rabbit, sub) => rabbit.read(queue, sub, { queue: name }),
  (rabbit, sub) => rabbit.read(bindings, sub, { queue: name }),
  (rabbit, sub) => rabbit.read(consumers, sub, { queue: name }),
  (rabbit, sub) => rabbit.write(publish, sub, { queue: name, payload: 'x' }),
  (rabbit, sub) => rabbit.write(peek, sub, { queue: name }),
  (rabbit, sub) => rabbit.write(purgeQueue, sub, { queue: name }),
  (rabbit, sub) => rabbit.write(dropQueue, sub, { queue: name }),
  (rabbit, sub) => rabbit.write(deleteQueue, sub, { queue: name }),
  (rabbit, sub) => rabbit.write(declareQueue, sub, { queue: name, type: 'classic' }),
  (rabbit, sub) => rabbit.write(bind, sub, { exchange: 'e', destination: name }),
  (rabbit, sub) => rabbit.write(unbind, sub, { exchange: 'e', destination: name }),
  (rabbit, sub) =>
    rabbit.write(setPolicy, sub, {
      policy: 'p',
      apply_to: 'queues',
      match: { names: [name] },
      definition: { 'queue-mode': 'lazy' },
    }),
];

/** The same where a caller names an exchange. */
export const ON_EXCHANGES = (name: string): Attempt[] => [
  (rabbit, sub) => rabbit.read(bindings, sub, { exchange: name }),
  (rabbit, sub) => rabbit.write(publish, sub, { exchange: name, routing_key: '', payload: 'x' }),
  (rabbit, sub) => rabbit.write(declareExchange, sub, { exchange: name, type: 'topic' }),
  (rabbit, sub) => rabbit.write(deleteExchange, sub, { exchange: name }),
  (rabbit, sub) => rabbit.write(bind, sub, { exchange: name, destination: 'q' }),
  (rabbit, sub) => rabbit.write(unbind, sub, { exchange: name, destination: 'q' }),
  (rabbit, sub) =>
    rabbit.write(bind, sub, {
      exchange: 'e',
      destination: name,
      destination_type: 'exchange',
      routing_key: 'k',
    }),
  (rabbit, sub) =>
    rabbit.write(declareQueue, sub, { queue: 'q.new', type: 'classic', dead_letter_exchange: name }),
  (rabbit, sub) =>
    rabbit.write(declareExchange, sub, { exchange: 'e.new', type: 'topic', alternate_exchange: name }),
  (rabbit, sub) =>
    rabbit.write(setPolicy, sub, {
      policy: 'p',
      apply_to: 'queues',
      match: { names: ['q'] },
      definition: { 'dead-letter-exchange': name },
    }),
];

/** All of them, and those where a caller names a policy. */
export const ATTEMPTS = (name: string): Attempt[] => [
  ...ON_QUEUES(name),
  ...ON_EXCHANGES(name),
  (rabbit, sub) => rabbit.write(deletePolicy, sub, { policy: name }),
];
