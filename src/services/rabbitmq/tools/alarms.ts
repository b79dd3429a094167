import { z } from 'zod';
import { Node } from '../api.ts';
import { tool } from '../tool.ts';

const Alarm = z.strictObject({
  node: z.string(),
  alarm: z.enum(['memory', 'disk', 'partition', 'down', 'unknown']),
  meaning: z.string(),
});

const MEANING = {
  memory: 'the node uses more memory than its limit: every publisher of the cluster is blocked',
  disk: 'the node has less free disk than its limit: every publisher of the cluster is blocked',
  partition: 'the node cannot see other nodes: the cluster is split',
  down: 'the node does not run',
  unknown: 'the node has not told its memory and disk yet; ask again in a few seconds',
} as const;

export const alarms = tool({
  name: 'rabbitmq_alarms',
  access: 'read',
  reach: 'component',
  title: 'Alarms in effect',
  description:
    'Memory and disk alarms, which block publishers, network partitions and nodes that are down. An empty list means none.',
  params: z.strictObject({}),
  output: z.strictObject({ alarms: z.array(Alarm), nodes: z.number().int() }),
  list: 'alarms',
  async run({ client, signal }) {
    const nodes = await client.get({ path: ['nodes'], shape: z.array(Node) }, signal);
    return { alarms: nodes.flatMap(alarmsOf), nodes: nodes.length };
  },
});

function alarmsOf(node: Node): z.output<typeof Alarm>[] {
  const raised: (keyof typeof MEANING)[] = [];
  if (!node.running) raised.push('down');
  else if (node.mem_alarm === undefined || node.disk_free_alarm === undefined) raised.push('unknown');
  if (node.mem_alarm === true) raised.push('memory');
  if (node.disk_free_alarm === true) raised.push('disk');
  if ((node.partitions ?? []).length > 0) raised.push('partition');
  return raised.map((alarm) => ({ node: node.name, alarm, meaning: MEANING[alarm] }));
}
