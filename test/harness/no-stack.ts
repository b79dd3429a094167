import type { StackView } from '../../src/toolset/define.ts';

const unexpected = (): never => {
  throw new Error('a tool of a service looks at the stack');
};

/** For tools that look at the topology alone: anything else of the stack fails here. */
export const onlyGraph = (graph: () => StackView['graph']): StackView => ({
  get graph() {
    return graph();
  },
  explain: unexpected,
  tools: unexpected,
  get versions(): never {
    return unexpected();
  },
  get triage(): never {
    return unexpected();
  },
  call: unexpected,
});

/** For tools of services, most of which never look at the stack: one that does fails here. */
export const NO_STACK = onlyGraph(unexpected);
