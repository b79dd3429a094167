import { arrow, describe, lines, type PromptTemplate, section } from './template.ts';

export const explainStack: PromptTemplate = {
  name: 'explain_stack',
  title: 'Explain the stack',
  description: 'Explain what the stack consists of, how it hangs together and what you may do in it',
  arguments: [],
  write({ graph, tools, principal }) {
    const writes = [...tools.values()]
      .filter(({ tool }) => tool.access === 'write')
      .map(({ tool }) => tool.name);
    return lines(
      `Explain the stack ${graph.stack} to somebody who sees it for the first time: what each part is for, how a request travels through it, what depends on what, and what ${principal} may do in it.`,
      section('Components', [...graph.components.values()].map(describe)),
      section('Links', graph.links.map(arrow)),
      section('Writes that are open to you', writes),
      'Use stack_neighbors and stack_impact where the list is not enough. Do not guess what a component holds: say what its tools would tell.',
    );
  },
};
