import type { Connector, Endpoint } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { headersOf, warningOf } from '../../toolset/http/headers.ts';
import { createReader } from './client.ts';
import type { PrometheusConnection } from './connection.ts';
import type { PrometheusTypes } from './tool.ts';

/** Opens readers; Prometheus has nothing that Stackward would write. */
export const connector: Connector<PrometheusTypes, PrometheusConnection> = {
  async openReader({ connection, warn }: Endpoint<PrometheusConnection>) {
    const warning = warningOf(connection.url, connection);
    if (warning) warn(warning);
    return { client: createReader(connection.url, headersOf(connection)), close: async () => {} };
  },
  async openWriter() {
    throw new ToolError('write_refused', 'Prometheus is read here and never written');
  },
};
