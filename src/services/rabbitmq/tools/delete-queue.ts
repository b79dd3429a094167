import { z } from 'zod';
import type { JsonValue, UndoStep } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import {
  areSame,
  BindingImage,
  bindingsInto,
  findQueue,
  isSame,
  pathOf,
  QueueImage,
} from '../definitions.ts';
import { Name } from '../names.ts';
import { assertRestorable, restoreBindings } from '../restore.ts';
import { type Need, rightsAhead, toBind, toDeclare, toDelete } from '../rights.ts';
import { ownQueueIn, type QueueName } from '../scope.ts';
import { tool, type Writing } from '../tool.ts';

const Before = z.strictObject({ queue: QueueImage.nullable(), bindings: z.array(BindingImage) });

export const deleteQueue = tool({
  name: 'rabbitmq_delete_queue',
  access: 'write',
  reach: 'sub',
  title: 'Delete an empty queue',
  description:
    'Delete one classic queue with its bindings, only while it is empty and nobody consumes from it; the broker checks that in the same step. A queue with messages, and any quorum queue or stream, takes rabbitmq_drop_queue.',
  params: z.strictObject({ queue: Name }),
  output: z.strictObject({ queue: z.string(), deleted: z.boolean(), bindings: z.number().int() }),
  scope: (target, { queue }) => ({
    resources: [`${target.name}/queue:${ownQueueIn(target, queue)}`],
    atMost: 1,
  }),
  effect: {
    kind: 'destroy',
    way: 'declares the queue again and binds it as it was',
    async capture({ client, target, signal }, args): Promise<JsonValue> {
      return read(client, ownQueueIn(target, args.queue), signal);
    },
    async isBack({ client, target, signal }, { args, before }) {
      const was = Before.parse(before);
      const now = await read(client, ownQueueIn(target, args.queue), signal);
      return isSame({ queue: now.queue }, { queue: was.queue }) && areSame(now.bindings, was.bindings);
    },
    precheck: (context, step) => rightsAhead(context, needsOf(step)),
    revert: (context, { before }) => putBack(context, Before.parse(before)),
  },
  async run(context, args) {
    const { client, target, signal, recordAfter } = context;
    const queue = ownQueueIn(target, args.queue);
    const { queue: found, bindings } = await read(client, queue, signal);
    if (!found) throw new ToolError('not_found', `there is no queue ${queue}`);
    assertConditional(found);
    await assertRestorable(context, bindings);
    await recordAfter({ deleted: true });
    // Only a classic queue heeds both conditions: a quorum queue refuses them and a stream ignores them.
    const query = { 'if-empty': 'true', 'if-unused': 'true' };
    await client.change({ method: 'DELETE', path: pathOf(queue), query }, signal);
    return { queue: queue.name, deleted: true, bindings: bindings.length };
  },
});

function needsOf({ how, args, before }: UndoStep<{ readonly queue: string }>): Need[] {
  if (how === 'redo') return toDelete('queue', args.queue);
  const { queue: was, bindings } = Before.parse(before);
  if (!was) return [];
  return [
    ...toDeclare('queue', was.name, was.arguments['x-dead-letter-exchange']),
    ...bindings.flatMap(toBind),
  ];
}

async function read(client: Writing['client'], queue: QueueName, signal: AbortSignal) {
  const found = await findQueue(client, queue, signal);
  return { queue: found ?? null, bindings: found ? await bindingsInto(client, queue, signal) : [] };
}

function assertConditional({ name, type, exclusive }: QueueImage): void {
  if (type !== 'classic')
    throw new ToolError(
      'conflict',
      `${name} is of type ${type}, whose emptiness the broker does not check while it deletes; rabbitmq_drop_queue deletes it with its messages`,
    );
  if (exclusive) throw new ToolError('conflict', `${name} belongs to one connection alone and goes with it`);
}

async function putBack(context: Writing, { queue: was, bindings }: z.output<typeof Before>): Promise<void> {
  if (!was) return;
  const { client, target, signal } = context;
  const queue = ownQueueIn(target, was.name);
  const found = await findQueue(client, queue, signal);
  if (found && !isSame(found, was))
    throw new ToolError('conflict', `somebody declared ${queue} anew with other settings; it stays as it is`);
  if (!found) {
    await assertRestorable(context, bindings);
    const { durable, auto_delete, arguments: args } = was;
    const body = { durable, auto_delete, arguments: args };
    await client.change({ method: 'PUT', path: pathOf(queue), body }, signal);
  }
  await restoreBindings(context, queue, bindings);
}
