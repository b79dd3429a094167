import { bind } from '../../../src/services/rabbitmq/tools/bind.ts';
import { declareExchange } from '../../../src/services/rabbitmq/tools/declare-exchange.ts';
import { declareQueue } from '../../../src/services/rabbitmq/tools/declare-queue.ts';
import { deleteExchange } from '../../../src/services/rabbitmq/tools/delete-exchange.ts';
import { deletePolicy } from '../../../src/services/rabbitmq/tools/delete-policy.ts';
import { deleteQueue } from '../../../src/services/rabbitmq/tools/delete-queue.ts';
import { setPolicy } from '../../../src/services/rabbitmq/tools/set-policy.ts';
import { unbind } from '../../../src/services/rabbitmq/tools/unbind.ts';
import type { Rabbit, Written } from './lab.ts';

/** One write and how it is taken back. */
export interface Step {
  write(): Promise<Written>;
  back(written: Written): Promise<void>;
}

/** A stream of writes over few names, so that they meet; the same for the same seed. */
export function randomSteps(rabbit: Rabbit, seed: number): () => Step {
  let state = seed;
  // A linear congruential generator (Numerical Recipes) is random enough to mix a dozen steps.
  const below = (most: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  const pick = <T>(items: readonly [T, ...T[]]): T => items[below(items.length)] ?? items[0];
  const queue = () => pick(['q', 'r', 's', 'ü/ %']);
  const exchange = () => pick(['e', 'h', 'x', 'leaf']);

  const on = <A>(
    args: A,
    write: (args: A) => Promise<Written>,
    revert: (args: A, written: Written) => Promise<void>,
  ): Step => ({ write: () => write(args), back: (written) => revert(args, written) });

  const binding = () => ({
    exchange: exchange(),
    destination: queue(),
    ...pick([
      { routing_key: '' },
      { routing_key: 'k~ %2F/#' },
      { routing_key: 'a.*.~%/ #' },
      { routing_key: '', arguments: { 'x-match': 'any', s: 'x' } },
      { routing_key: 'é /%2F.#', arguments: { s: 'x' } },
    ]),
  });
  const makers: readonly [() => Step, ...(() => Step)[]] = [
    () => {
      const args = { queue: queue(), type: pick(['classic', 'quorum'] as const), max_length: pick([10, 20]) };
      return on(
        args,
        (a) => rabbit.write(declareQueue, 'v', a),
        (a, w) => rabbit.revert(declareQueue, 'v', a, w),
      );
    },
    () =>
      on(
        { queue: queue() },
        (a) => rabbit.write(deleteQueue, 'v', a),
        (a, w) => rabbit.revert(deleteQueue, 'v', a, w),
      ),
    () => {
      const args = { exchange: exchange(), type: pick(['topic', 'headers', 'fanout'] as const) };
      return on(
        args,
        (a) => rabbit.write(declareExchange, 'v', a),
        (a, w) => rabbit.revert(declareExchange, 'v', a, w),
      );
    },
    () =>
      on(
        { exchange: exchange() },
        (a) => rabbit.write(deleteExchange, 'v', a),
        (a, w) => rabbit.revert(deleteExchange, 'v', a, w),
      ),
    () =>
      on(
        binding(),
        (a) => rabbit.write(bind, 'v', a),
        (a, w) => rabbit.revert(bind, 'v', a, w),
      ),
    () =>
      on(
        binding(),
        (a) => rabbit.write(unbind, 'v', a),
        (a, w) => rabbit.revert(unbind, 'v', a, w),
      ),
    () => {
      const args = {
        policy: pick(['p', 'p2', 'é']),
        apply_to: 'queues' as const,
        match: { names: [queue()], prefixes: [pick(['a.b|c', 'r'])] },
        definition: { 'queue-mode': pick(['lazy', 'default'] as const) },
        priority: below(3),
      };
      return on(
        args,
        (a) => rabbit.write(setPolicy, 'v', a),
        (a, w) => rabbit.revert(setPolicy, 'v', a, w),
      );
    },
    () =>
      on(
        { policy: pick(['p', 'p2', 'é']) },
        (a) => rabbit.write(deletePolicy, 'v', a),
        (a, w) => rabbit.revert(deletePolicy, 'v', a, w),
      ),
  ];
  return () => pick(makers)();
}
