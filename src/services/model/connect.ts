import type { Connector } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { ModelClient } from '../../toolset/model-client.ts';
import { openModelClient } from './client.ts';
import type { ModelConnection } from './connection.ts';

type Types = { Reader: ModelClient; Writer: ModelClient; Entry: Record<string, never> };

export const connector: Connector<Types, ModelConnection> = {
  async openReader({ connection }) {
    return { client: openModelClient(connection), close: async () => {} };
  },
  async openWriter() {
    throw new ToolError('write_refused', 'a model has nothing to write to');
  },
};
