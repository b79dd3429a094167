import { z } from 'zod';
import { Connection } from '../api.ts';
import { consumersWithin } from '../consuming.ts';
import { withoutUserinfo } from '../redact.ts';
import { isWhole, vhostOf } from '../scope.ts';
import { completeness, type Reading, tool } from '../tool.ts';

const View = z.strictObject({
  name: z.string(),
  client: z.string().describe('How the client calls itself'),
  user: z.string(),
  state: z
    .string()
    .describe('`blocked` or `blocking`: an alarm keeps it from publishing; `flow`: it is slowed down'),
  host: z.string(),
  protocol: z.string(),
  tls: z.boolean(),
  channels: z.number(),
  since: z.string().nullable(),
});

const OTHERS = 'the link is narrowed, so only connections that consume from its queues are listed';

export const connections = tool({
  name: 'rabbitmq_connections',
  access: 'read',
  reach: 'sub',
  title: 'List connections',
  description:
    'List the clients connected to the virtual host: name, user, state and the host they come from. Under a narrowed link, only those that consume from its queues.',
  params: z.strictObject({
    state: z.string().max(40).optional().describe('Only connections in this state, such as blocked'),
  }),
  output: z.strictObject({ connections: z.array(View), ...completeness }),
  list: 'connections',
  async run(context, { state }) {
    const { client, target, signal, limits } = context;
    const path = ['vhosts', vhostOf(target), 'connections'] as const;
    const [all, visible] = await Promise.all([
      client.get({ path, shape: z.array(Connection) }, signal),
      namesWithin(context),
    ]);
    const wanted = all
      .filter(({ name }) => visible === undefined || visible.has(name))
      .filter((one) => state === undefined || one.state === state);
    const truncated = wanted.length > limits.rows;
    const hints = [...(truncated ? ['ask for one state'] : []), ...(visible ? [OTHERS] : [])];
    return {
      connections: wanted.slice(0, limits.rows).map(view),
      truncated,
      ...(hints.length > 0 ? { hint: hints.join('; ') } : {}),
    };
  },
});

/** Names of the connections that a narrowed target shows; undefined when it shows all. */
async function namesWithin(context: Reading): Promise<ReadonlySet<string> | undefined> {
  if (isWhole(context.target)) return undefined;
  const consumers = await consumersWithin(context);
  return new Set(consumers.map(({ channel_details }) => channel_details.connection_name));
}

const view = (one: Connection): z.output<typeof View> => ({
  name: one.name,
  client: clientOf(one),
  user: one.user ?? '',
  state: one.state ?? 'unknown',
  host: one.peer_host ?? '',
  protocol: one.protocol ?? '',
  tls: one.ssl === true,
  channels: one.channels ?? 0,
  since: one.connected_at ? new Date(one.connected_at).toISOString() : null,
});

/** Applications put what they like here, a URL with its password among it. */
function clientOf({ client_properties: said = {} }: Connection): string {
  const words = [said.connection_name, said.product, said.version].filter((word) => word !== undefined);
  return withoutUserinfo(words.join(' ')).slice(0, 200);
}
