import type { Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { VhostEntry } from './connection.ts';
import { fits, isDots, Name } from './names.ts';

export type Kind = 'queue' | 'exchange';
type RabbitTarget = Target<VhostEntry>;

/** A queue or exchange inside a target. Only this file makes one, and every path to one is built from it. */
export class ScopedName<K extends Kind = Kind> {
  readonly kind: K;
  readonly vhost: string;
  readonly name: string;

  private constructor(kind: K, vhost: string, name: string) {
    this.kind = kind;
    this.vhost = vhost;
    this.name = name;
  }

  /** Throws ToolError('not_linked') unless the target reaches the name. */
  static within<K extends Kind>(kind: K, target: RabbitTarget, name: string): ScopedName<K> {
    if (!Name.safeParse(name).success)
      throw new ToolError(
        'invalid_arguments',
        `${JSON.stringify(name.slice(0, 100))} is no name of a ${kind}`,
      );
    if (!reaches(target, kind, name)) {
      const open = target.scope[`${kind}s`]?.join(', ') ?? 'none';
      throw new ToolError('not_linked', `${kind} ${name} is outside ${target.name}, which reaches: ${open}`);
    }
    return new ScopedName(kind, vhostOf(target), name);
  }

  toString(): string {
    return this.name;
  }
}
export type QueueName = ScopedName<'queue'>;
export type ExchangeName = ScopedName<'exchange'>;

/** Name of the target's virtual host at the broker. Comes from the topology alone. Throws without a target. */
export function vhostOf(target: RabbitTarget): string {
  const vhost = target.scope.vhost ?? target.sub;
  if (target.sub === undefined || vhost === undefined || isDots(vhost))
    throw new ToolError('target_required', `name one virtual host of ${target.component}`);
  return vhost;
}

/** Whether the target's lists leave a queue or exchange open. */
export function reaches(target: RabbitTarget, kind: Kind, name: string): boolean {
  const patterns = target.scope[`${kind}s`];
  return patterns === undefined || patterns.some((pattern) => fits(pattern, name));
}

/** Whether the target is its whole virtual host. */
export const isWhole = ({ scope }: RabbitTarget): boolean =>
  scope.queues === undefined && scope.exchanges === undefined;

/** A queue to look at. Throws ToolError('not_linked'). */
export const queueIn = (target: RabbitTarget, name: string): QueueName =>
  ScopedName.within('queue', target, name);

/** A queue to change. Queues that the broker named are nobody's to declare again, so none is changed. */
export function ownQueueIn(target: RabbitTarget, name: string): QueueName {
  const queue = queueIn(target, name);
  if (isReserved(name))
    throw new ToolError('not_linked', `${name} was named by the broker and is left alone`);
  return queue;
}

/** An exchange to look at. Throws ToolError('not_linked'), also for the default exchange, which has no name. */
export const exchangeIn = (target: RabbitTarget, name: string): ExchangeName =>
  ScopedName.within('exchange', target, name);

/** An exchange to declare or delete: never one of the broker's own. */
export function ownExchangeIn(target: RabbitTarget, name: string): ExchangeName {
  const exchange = exchangeIn(target, name);
  if (isReserved(name)) throw new ToolError('not_linked', `${name} is the broker’s own and is left alone`);
  return exchange;
}

/**
 * An exchange to publish to or bind. One of the broker's own only where the topology names it; never
 * `amq.rabbitmq.*`, which carry copies of everybody's messages, logs and events, nor `amq.default`, which
 * reaches every queue.
 */
export function usedExchangeIn(target: RabbitTarget, name: string): ExchangeName {
  const exchange = exchangeIn(target, name);
  if (!isReserved(name)) return exchange;
  const isNamed = target.scope.exchanges?.some(
    (pattern) => pattern.startsWith('amq.') && fits(pattern, name),
  );
  if (isNamed && !/^amq\.(rabbitmq\.|default$)/.test(name)) return exchange;
  throw new ToolError(
    'not_linked',
    `${name} is the broker’s own; name it in exchanges of ${target.name} to use it`,
  );
}

const isReserved = (name: string): boolean => name.startsWith('amq.');
