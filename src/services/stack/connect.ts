import { type Connector, ToolError } from './tool.ts';

/** There is nothing to open: what the tools show is in the context of every call. */
export const connector: Connector = {
  openReader: async () => ({ client: {}, close: async () => {} }),
  openWriter: async () => {
    throw new ToolError('write_refused', 'the stack’s own metadata changes with its topology file alone');
  },
};
