import { z } from 'zod';
import { Node } from '../api.ts';
import { complete, completeness, tool } from '../tool.ts';

const Figure = z.number().nullable();
const figure = (value: number | string | undefined) => (typeof value === 'number' ? value : null);

const View = z.strictObject({
  name: z.string(),
  running: z.boolean(),
  uptime_seconds: Figure,
  memory_bytes: Figure,
  memory_limit_bytes: Figure,
  disk_free_bytes: Figure,
  disk_free_limit_bytes: Figure,
  file_descriptors: Figure,
  file_descriptors_limit: Figure,
  sockets: Figure,
  sockets_limit: Figure,
  erlang_processes: Figure,
  erlang_processes_limit: Figure,
  run_queue: Figure,
  draining: z.boolean(),
  cut_off_from: z.array(z.string()).describe('Nodes that this one cannot see: a network partition'),
});

export const nodes = tool({
  name: 'rabbitmq_nodes',
  access: 'read',
  reach: 'component',
  title: 'Nodes of the cluster',
  description:
    'Each node with its memory, disk, file descriptors, sockets and Erlang processes against their limits, and the nodes that it cannot see.',
  params: z.strictObject({}),
  output: z.strictObject({ nodes: z.array(View), ...completeness }),
  list: 'nodes',
  async run({ client, signal, limits }) {
    const all = await client.get({ path: ['nodes'], shape: z.array(Node) }, signal);
    return {
      nodes: all.slice(0, limits.rows).map(view),
      ...complete(all.length > limits.rows, 'the limit of rows is lower than the number of nodes'),
    };
  },
});

const view = (node: Node): z.output<typeof View> => ({
  name: node.name,
  running: node.running,
  uptime_seconds: node.uptime === undefined ? null : Math.floor(node.uptime / 1000),
  memory_bytes: figure(node.mem_used),
  memory_limit_bytes: figure(node.mem_limit),
  disk_free_bytes: figure(node.disk_free),
  disk_free_limit_bytes: figure(node.disk_free_limit),
  file_descriptors: figure(node.fd_used),
  file_descriptors_limit: figure(node.fd_total),
  sockets: figure(node.sockets_used),
  sockets_limit: figure(node.sockets_total),
  erlang_processes: figure(node.proc_used),
  erlang_processes_limit: figure(node.proc_total),
  run_queue: figure(node.run_queue),
  draining: node.being_drained === true,
  cut_off_from: node.partitions ?? [],
});
