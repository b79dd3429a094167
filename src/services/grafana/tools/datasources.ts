import { z } from 'zod';
import { isReadingType } from '../read-query.ts';
import { complete, completeness, tool } from '../tool.ts';

export const datasources = tool({
  name: 'grafana_datasources',
  access: 'read',
  title: 'List data sources',
  description: 'List the organisation’s data sources by uid, name and type.',
  reach: 'component',
  params: z.strictObject({}),
  output: z.strictObject({
    datasources: z.array(
      z.strictObject({
        uid: z.string(),
        name: z.string(),
        type: z.string(),
        default: z.literal(true).optional(),
        runs: z.boolean().describe('Whether grafana_run_panel runs its queries'),
      }),
    ),
    ...completeness,
  }),
  list: 'datasources',
  async run({ client, signal, limits }) {
    const all = await client.sources(signal);
    const shown = all.slice(0, limits.rows).map(({ uid, name, type, isDefault }) => ({
      uid,
      name,
      type,
      ...(isDefault ? { default: true as const } : {}),
      runs: isReadingType(type),
    }));
    return { datasources: shown, ...complete(all.length > shown.length, 'there are more data sources') };
  },
});
