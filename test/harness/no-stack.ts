import type { StackView } from '../../src/toolset/define.ts';

const unexpected = (): never => {
  throw new Error('a tool of a service looks at the stack');
};

/** For tools of services, which never look at the stack: one that does fails here. */
export const NO_STACK: StackView = {
  get graph(): never {
    return unexpected();
  },
  explain: unexpected,
  tools: unexpected,
  get versions(): never {
    return unexpected();
  },
  call: unexpected,
};
