import { z } from 'zod';
import { Queue } from '../api.ts';
import { BindingView, bindingView } from '../binding-view.ts';
import { bindingsInto, isBindingWithin, pathOf } from '../definitions.ts';
import { Name } from '../names.ts';
import { QueueView, queueView } from '../queue-view.ts';
import { redactedTable } from '../redact.ts';
import { queueIn } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

const MOST_BINDINGS = 100;
const Settings = z.record(z.string(), z.json());

export const queue = tool({
  name: 'rabbitmq_queue',
  access: 'read',
  reach: 'sub',
  title: 'Describe a queue',
  description:
    'One queue: its figures, arguments, the policy in effect, where its replicas are, and its bindings. No messages.',
  params: z.strictObject({ queue: Name }),
  output: z.strictObject({
    ...QueueView.shape,
    auto_delete: z.boolean(),
    exclusive: z.boolean(),
    arguments: Settings,
    operator_policy: z.string().nullable(),
    effective_policy: Settings,
    message_bytes: z.number().nullable(),
    idle_since: z.string().nullable(),
    leader: z.string().nullable(),
    members: z.array(z.string()),
    members_online: z.array(z.string()),
    bindings: z.array(BindingView),
    ...completeness,
  }),
  list: 'bindings',
  async run({ client, target, signal }, args) {
    const name = queueIn(target, args.queue);
    const [found, bindings] = await Promise.all([
      client.get({ path: pathOf(name), shape: Queue }, signal),
      bindingsInto(client, name, signal),
    ]);
    const within = bindings.filter((binding) => isBindingWithin(target, binding));
    return {
      ...queueView(found),
      auto_delete: found.auto_delete,
      exclusive: found.exclusive === true,
      arguments: redactedTable(found.arguments),
      operator_policy: found.operator_policy ?? null,
      effective_policy: redactedTable(found.effective_policy_definition ?? {}),
      message_bytes: found.message_bytes ?? null,
      idle_since: found.idle_since ?? null,
      leader: found.leader ?? found.node ?? null,
      members: found.members ?? [],
      members_online: found.online ?? [],
      bindings: within.slice(0, MOST_BINDINGS).map(bindingView),
      ...complete(within.length > MOST_BINDINGS, 'rabbitmq_bindings lists every binding'),
    };
  },
});
