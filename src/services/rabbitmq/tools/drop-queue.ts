import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { bindingsInto, findQueue, pathOf } from '../definitions.ts';
import { Name } from '../names.ts';
import { assertRestorable } from '../restore.ts';
import { ownQueueIn } from '../scope.ts';
import { tool } from '../tool.ts';

export const dropQueue = tool({
  name: 'rabbitmq_drop_queue',
  access: 'write',
  reach: 'sub',
  title: 'Delete a queue with its messages',
  description:
    'Delete one queue of any type with every message in it, its bindings and its consumers. For an empty classic queue use rabbitmq_delete_queue, which can be taken back.',
  params: z.strictObject({ queue: Name }),
  output: z.strictObject({ queue: z.string(), deleted: z.boolean() }),
  effect: { kind: 'destroy', irreversible: 'the messages cannot be brought back' },
  scope: (target, { queue }) => ({
    resources: [`${target.name}/queue:${ownQueueIn(target, queue)}`],
    atMost: 1,
  }),
  async run(context, args) {
    const { client, target, signal } = context;
    const queue = ownQueueIn(target, args.queue);
    const found = await findQueue(client, queue, signal);
    if (!found) throw new ToolError('not_found', `there is no queue ${queue}`);
    await assertRestorable(context, await bindingsInto(client, queue, signal));
    await client.change({ method: 'DELETE', path: pathOf(queue) }, signal);
    return { queue: queue.name, deleted: true };
  },
});
