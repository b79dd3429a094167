import { NeighborsQuery, NeighborsResult, queryNeighbors } from '../../../topology/query.ts';
import { answer, tool } from '../tool.ts';

export const neighbors = tool({
  name: 'stack_neighbors',
  access: 'read',
  reach: 'stack',
  title: 'Neighbors of a component',
  description: 'Lists the components within some links of one, nearest first.',
  params: NeighborsQuery,
  output: NeighborsResult,
  list: 'neighbors',
  run: async ({ stack }, query) => answer(() => queryNeighbors(stack.graph, query)),
});
