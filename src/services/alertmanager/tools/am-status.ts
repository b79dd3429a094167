import { z } from 'zod';
import { tool } from '../tool.ts';

export const amStatus = tool({
  name: 'am_status',
  access: 'read',
  title: 'Show version and cluster',
  description: 'Show the version of Alertmanager, since when it runs, and the state of its cluster.',
  reach: 'component',
  params: z.strictObject({}),
  output: z.strictObject({
    version: z.string(),
    up_since: z.string(),
    cluster: z.strictObject({
      status: z.string().describe('ready, settling or disabled'),
      peers: z.array(z.strictObject({ name: z.string(), address: z.string() })),
    }),
  }),
  async run({ client, signal }) {
    const { versionInfo, uptime, cluster } = await client.status(signal);
    return {
      version: versionInfo.version,
      up_since: uptime,
      cluster: { status: cluster.status, peers: cluster.peers ?? [] },
    };
  },
});
