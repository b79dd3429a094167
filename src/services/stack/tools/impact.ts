import { ImpactQuery, ImpactResult, queryImpact } from '../../../topology/query.ts';
import { answer, tool } from '../tool.ts';

export const impact = tool({
  name: 'stack_impact',
  access: 'read',
  reach: 'stack',
  title: 'What depends on a component',
  description:
    'Lists everything that uses a component, directly or through others: how far a change or a failure of it reaches, with the path of links.',
  params: ImpactQuery,
  output: ImpactResult,
  list: 'affected',
  run: async ({ stack }, query) => answer(() => queryImpact(stack.graph, query)),
});
