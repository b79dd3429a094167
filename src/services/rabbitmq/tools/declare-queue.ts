import { z } from 'zod';
import type { JsonValue, UndoStep } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { Message, Queue } from '../api.ts';
import { bindingsInto, findQueue, isSame, pathOf, QueueImage } from '../definitions.ts';
import { Name } from '../names.ts';
import { argumentsOf, QueueSettings } from '../queue-settings.ts';
import { type Need, rightsAhead, toDeclare, toDelete } from '../rights.ts';
import { ownQueueIn, type QueueName, usedExchangeIn } from '../scope.ts';
import { tool, type Writing } from '../tool.ts';

const Params = z.strictObject({ queue: Name, ...QueueSettings.shape });
const Before = z.strictObject({ queue: QueueImage.nullable() });
const After = z.strictObject({ created: QueueImage.nullable() });

export const declareQueue = tool({
  name: 'rabbitmq_declare_queue',
  access: 'write',
  reach: 'sub',
  title: 'Declare a queue',
  description:
    'Make one queue. One that exists with the same settings is left as it is; with others the call is refused.',
  params: Params,
  output: z.strictObject({ queue: z.string(), created: z.boolean() }),
  scope: (target, args) => ({ resources: [`${target.name}/queue:${checked(target, args)}`], atMost: 1 }),
  effect: {
    kind: 'create',
    way: 'deletes the queue while nobody uses it or changed it',
    async capture({ client, target, signal }, args): Promise<JsonValue> {
      return { queue: (await findQueue(client, ownQueueIn(target, args.queue), signal)) ?? null };
    },
    precheck: (context, step) => rightsAhead(context, needsOf(step)),
    async isBack({ client, target, signal }, { args, before, after }) {
      // One that was there already was left as it was, whatever became of it since.
      if (after !== null && After.parse(after).created === null) return true;
      const found = await findQueue(client, ownQueueIn(target, args.queue), signal);
      return isSame({ queue: found ?? null }, Before.parse(before));
    },
    async revert(context, { args, before, after }) {
      const queue = ownQueueIn(context.target, args.queue);
      if (after !== null) return takeDown(context, queue, After.parse(after).created);
      const found = await findQueue(context.client, queue, context.signal);
      if (found && Before.parse(before).queue === null)
        throw new ToolError('conflict', `${queue} is there now, and it is not known who declared it`);
    },
  },
  async run({ client, target, signal, recordAfter }, args) {
    const queue = checked(target, args);
    const { queue: _, ...settings } = args;
    const body = { durable: settings.durable, auto_delete: false, arguments: argumentsOf(settings) };
    // Whether this call made it is known from the status alone, so it is recorded behind it: a crash in between
    // leaves a queue that the way back refuses to touch.
    const created = (await client.change({ method: 'PUT', path: pathOf(queue), body }, signal)) === 201;
    await recordAfter({ created: created ? ((await findQueue(client, queue, signal)) ?? null) : null });
    return { queue: queue.name, created };
  },
});

/** The queue's name, once everything that the call names was found inside the target. */
function checked(target: Writing['target'], args: z.output<typeof Params>): QueueName {
  if (args.dead_letter_exchange !== undefined) usedExchangeIn(target, args.dead_letter_exchange);
  if (args.dead_letter_routing_key !== undefined && args.dead_letter_exchange === undefined)
    throw new ToolError('invalid_arguments', 'dead_letter_routing_key goes with dead_letter_exchange');
  if (args.type === 'quorum' && !args.durable)
    throw new ToolError('invalid_arguments', 'a quorum queue is durable: leave durable out');
  return ownQueueIn(target, args.queue);
}

/** Taken back, a queue that the call found is left alone, and a quorum queue is looked into before it goes. */
function needsOf({ how, args, after }: UndoStep<z.output<typeof Params>>): Need[] {
  const { queue: name, dead_letter_exchange: passesTo } = args;
  if (how === 'redo') return toDeclare('queue', name, passesTo);
  const made = After.nullable().parse(after)?.created;
  if (!made) return [];
  const looks = made.type === 'classic' ? [] : [{ right: 'read', kind: 'queue', name } as const];
  return [...toDelete('queue', name), ...looks];
}

async function takeDown(context: Writing, queue: QueueName, made: QueueImage | null): Promise<void> {
  if (!made) return;
  const { client, signal } = context;
  const found = await findQueue(client, queue, signal);
  if (!found) return;
  if (!isSame(found, made))
    throw new ToolError('conflict', `somebody declared ${queue} anew; it stays as it is`);
  if ((await bindingsInto(client, queue, signal)).length > 0)
    throw new ToolError('conflict', `somebody bound ${queue} since it was declared; it stays as it is`);
  if (found.type !== 'classic') await assertIdle(context, queue);
  const query = { 'if-empty': 'true', 'if-unused': 'true' };
  const order = {
    method: 'DELETE',
    path: pathOf(queue),
    ...(found.type === 'classic' ? { query } : {}),
  } as const;
  await client.change(order, signal);
}

/**
 * A quorum queue cannot be deleted on the condition that it is empty, so that is asked just before: first the
 * broker's counts, which lag, then the queue itself. A message that comes between the two requests is lost.
 */
async function assertIdle({ client, signal }: Writing, queue: QueueName): Promise<void> {
  const { messages, consumers } = await client.get({ path: pathOf(queue), shape: Queue }, signal);
  const inUse = new ToolError('conflict', `${queue} holds messages or has consumers; it stays as it is`);
  if ((messages ?? 0) > 0 || (consumers ?? 0) > 0) throw inUse;
  const body = { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto', truncate: 0 };
  const order = { method: 'POST', path: pathOf(queue, 'get'), body, shape: z.array(Message) } as const;
  if ((await client.exchange(order, signal)).length > 0) throw inUse;
}
