import { ComponentsQuery, ComponentsResult, queryComponents } from '../../../topology/query.ts';
import { answer, tool } from '../tool.ts';

export const components = tool({
  name: 'stack_components',
  access: 'read',
  reach: 'stack',
  title: 'Components of the stack',
  description:
    'Lists the components of this stack: type, layer, group, sub-components, whether they are protected or external. Targets of other tools are named component or component/sub-component.',
  params: ComponentsQuery,
  output: ComponentsResult,
  list: 'components',
  run: async ({ stack }, query) => answer(() => queryComponents(stack.graph, query)),
});
