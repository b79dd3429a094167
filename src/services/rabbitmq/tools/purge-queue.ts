import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { findQueue, pathOf } from '../definitions.ts';
import { Name } from '../names.ts';
import { ownQueueIn } from '../scope.ts';
import { tool } from '../tool.ts';

export const purgeQueue = tool({
  name: 'rabbitmq_purge_queue',
  access: 'write',
  reach: 'sub',
  title: 'Purge a queue',
  description: 'Drop every message that waits in one queue. Those that a consumer holds unacknowledged stay.',
  params: z.strictObject({ queue: Name }),
  output: z.strictObject({ queue: z.string(), purged: z.boolean() }),
  effect: { kind: 'destroy', irreversible: 'the messages cannot be brought back' },
  scope: (target, { queue }) => ({
    resources: [`${target.name}/queue:${ownQueueIn(target, queue)}`],
    atMost: 1,
  }),
  async run({ client, target, signal }, args) {
    const queue = ownQueueIn(target, args.queue);
    const found = await findQueue(client, queue, signal);
    if (!found) throw new ToolError('not_found', `there is no queue ${queue}`);
    if (found.type === 'stream') throw new ToolError('conflict', 'a stream cannot be purged');
    await client.change({ method: 'DELETE', path: pathOf(queue, 'contents') }, signal);
    return { queue: queue.name, purged: true };
  },
});
