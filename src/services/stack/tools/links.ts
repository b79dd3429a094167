import { LinksQuery, LinksResult, queryLinks } from '../../../topology/query.ts';
import { answer, tool } from '../tool.ts';

export const links = tool({
  name: 'stack_links',
  access: 'read',
  reach: 'stack',
  title: 'Links of the stack',
  description:
    'Lists the typed links between components, with the sub-components that each reaches and whether it is capped to reading.',
  params: LinksQuery,
  output: LinksResult,
  list: 'links',
  run: async ({ stack }, query) => answer(() => queryLinks(stack.graph, query)),
});
