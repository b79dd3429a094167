import { z } from 'zod';
import { scopeOf } from '../../../toolset/label-scope.ts';
import { periodOf } from '../../../toolset/query/time.ts';
import { StatsAnswer } from '../api.ts';
import { lookupFields, neededSelectorOf } from '../lookup.ts';
import { tool } from '../tool.ts';

export const lokiStats = tool({
  name: 'loki_stats',
  access: 'read',
  title: 'Size of logs',
  description:
    'About how many streams, chunks, lines and bytes a selector reaches within the link’s labels: look before a costly query. The newest lines are not counted.',
  reach: 'sub',
  params: z.strictObject(lookupFields),
  output: z.strictObject({
    selector: z.string(),
    streams: z.number(),
    chunks: z.number(),
    entries: z.number().describe('Lines'),
    bytes: z.number(),
  }),
  async run({ client, target, signal }, lookup) {
    const selector = await neededSelectorOf(lookup, scopeOf(target));
    const params = [['query', selector], ...periodOf(lookup)] as const;
    const { streams, chunks, entries, bytes } = await client.ask(
      { endpoint: 'stats', params, answer: StatsAnswer },
      signal,
    );
    return { selector, streams, chunks, entries, bytes };
  },
});
