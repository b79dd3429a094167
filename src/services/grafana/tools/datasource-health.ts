import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { Uid } from '../names.ts';
import { tool } from '../tool.ts';

export const datasourceHealth = tool({
  name: 'grafana_datasource_health',
  access: 'read',
  title: 'Check a data source',
  description:
    'Have Grafana check whether it reaches one data source. Why it does not is in Grafana’s own log.',
  reach: 'component',
  params: z.strictObject({ uid: Uid }),
  output: z.strictObject({ uid: z.string(), name: z.string(), type: z.string(), healthy: z.boolean() }),
  async run({ client, signal }, { uid }) {
    const source = (await client.sources(signal)).find((one) => one.uid === uid);
    if (!source)
      throw new ToolError('not_found', `there is no data source ${uid}; grafana_datasources lists them`);
    const { name, type } = source;
    return { uid, name, type, healthy: await client.isHealthy(uid, signal) };
  },
});
