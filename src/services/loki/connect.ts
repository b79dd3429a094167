import type { Connector, Endpoint } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { headersOf, warningOf } from '../../toolset/http/headers.ts';
import { createReader } from './client.ts';
import type { LokiConnection } from './connection.ts';
import type { LokiTypes } from './tool.ts';

/** Opens readers; Loki has nothing that Stackward would write. */
export const connector: Connector<LokiTypes, LokiConnection> = {
  async openReader({ connection, warn }: Endpoint<LokiConnection>) {
    const warning = warningOf(connection.url, connection);
    if (warning) warn(warning);
    return { client: createReader(connection.url, headersOf(connection)), close: async () => {} };
  },
  async openWriter() {
    throw new ToolError('write_refused', 'Loki is read here and never written');
  },
};
