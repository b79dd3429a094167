import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { JsonValue, Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { Binding, Exchange, Queue, Table } from './api.ts';
import type { Ask, Path, RabbitReader } from './client.ts';
import type { VhostEntry } from './connection.ts';
import { type ExchangeName, type QueueName, reaches, type ScopedName, vhostOf } from './scope.ts';

/** A binding as a write finds it: enough to make it again. */
export const BindingImage = z.strictObject(Binding.shape);
export type BindingImage = z.output<typeof BindingImage>;

export const QueueImage = z.strictObject({
  name: z.string(),
  type: z.string(),
  durable: z.boolean(),
  auto_delete: z.boolean(),
  exclusive: z.boolean(),
  arguments: Table,
});
export type QueueImage = z.output<typeof QueueImage>;

export const ExchangeImage = z.strictObject({
  name: z.string(),
  type: z.string(),
  durable: z.boolean(),
  auto_delete: z.boolean(),
  internal: z.boolean(),
  arguments: Table,
});
export type ExchangeImage = z.output<typeof ExchangeImage>;

/** Path of a queue or exchange, and what is below it. */
export const pathOf = ({ kind, vhost, name }: ScopedName, ...below: string[]): Path => [
  `${kind}s`,
  vhost,
  name,
  ...below,
];

/** What `get` answers, or undefined where there is nothing. */
async function find<T>(client: RabbitReader, ask: Ask<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await client.get(ask, signal);
  } catch (error) {
    if (error instanceof ToolError && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** A queue's definition; undefined when there is none. */
export async function findQueue(
  client: RabbitReader,
  queue: QueueName,
  signal: AbortSignal,
): Promise<QueueImage | undefined> {
  const query = { columns: 'name,type,durable,auto_delete,exclusive,arguments' };
  const found = await find(client, { path: pathOf(queue), query, shape: Queue }, signal);
  if (!found) return undefined;
  const declared = found.arguments['x-queue-type'];
  return {
    name: found.name,
    type: found.type ?? (typeof declared === 'string' ? declared : 'unknown'),
    durable: found.durable,
    auto_delete: found.auto_delete,
    exclusive: found.exclusive === true,
    arguments: found.arguments,
  };
}

/** An exchange's definition; undefined when there is none. */
export async function findExchange(
  client: RabbitReader,
  exchange: ExchangeName,
  signal: AbortSignal,
): Promise<ExchangeImage | undefined> {
  const query = { columns: 'name,type,durable,auto_delete,internal,arguments' };
  const found = await find(client, { path: pathOf(exchange), query, shape: Exchange }, signal);
  if (!found) return undefined;
  const { name, type, durable, auto_delete, internal, arguments: args } = found;
  return { name, type, durable, auto_delete, internal, arguments: args };
}

/** The bindings into a queue or exchange, less the one that every queue has with the default exchange. */
export async function bindingsInto(
  client: RabbitReader,
  destination: ScopedName,
  signal: AbortSignal,
): Promise<BindingImage[]> {
  const below = destination.kind === 'queue' ? ['bindings'] : ['bindings', 'destination'];
  const all = await client.get({ path: pathOf(destination, ...below), shape: z.array(Binding) }, signal);
  return all.filter(({ source }) => source !== '').map(imageOf);
}

/** The bindings out of an exchange. */
export async function bindingsOutOf(
  client: RabbitReader,
  source: ExchangeName,
  signal: AbortSignal,
): Promise<BindingImage[]> {
  const path = pathOf(source, 'bindings', 'source');
  return (await client.get({ path, shape: z.array(Binding) }, signal)).map(imageOf);
}

const imageOf = ({
  source,
  destination,
  destination_type,
  routing_key,
  arguments: args,
  properties_key,
}: Binding) => ({
  source,
  destination,
  destination_type,
  routing_key,
  arguments: args,
  properties_key,
});

/** Path of all bindings between one exchange and one destination. */
export const betweenPath = (source: ExchangeName, destination: ScopedName): Path => [
  'bindings',
  source.vhost,
  'e',
  source.name,
  destination.kind === 'queue' ? 'q' : 'e',
  destination.name,
];

/** The bindings between one exchange and one destination. */
export async function bindingsBetween(
  client: RabbitReader,
  source: ExchangeName,
  destination: ScopedName,
  signal: AbortSignal,
): Promise<BindingImage[]> {
  const ask = { path: betweenPath(source, destination), shape: z.array(Binding) };
  return ((await find(client, ask, signal)) ?? []).map(imageOf);
}

/** Whether a binding's both ends are within a target. */
export const isBindingWithin = (target: Target<VhostEntry>, binding: BindingImage): boolean =>
  reaches(target, 'exchange', binding.source) &&
  reaches(target, binding.destination_type, binding.destination) &&
  binding.source !== '';

/** Names of the exchanges that the broker deletes with their last binding. */
export async function vanishingExchanges(
  client: RabbitReader,
  target: Target<VhostEntry>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const path: Path = ['exchanges', vhostOf(target)];
  const all = await client.get({ path, query: { columns: 'name,auto_delete' }, shape: Vanishing }, signal);
  return new Set(all.filter(({ auto_delete }) => auto_delete).map(({ name }) => name));
}
const Vanishing = z.array(z.object({ name: z.string(), auto_delete: z.boolean() }));

/** Whether two lists hold the same bindings; the broker lists them in no order. */
export const areSame = (a: readonly BindingImage[], b: readonly BindingImage[]): boolean =>
  a.length === b.length && a.every((one) => b.some((other) => isSame(one, other)));

/** Whether two definitions or bindings are the same, whatever the order of their keys. */
export const isSame = (a: JsonValue | object, b: JsonValue | object): boolean => isDeepStrictEqual(a, b);
