import type { Connector, Endpoint } from '../../toolset/define.ts';
import { headersOf, warningOf } from '../../toolset/http/headers.ts';
import { type ClientOptions, createReader, createRehearsal, createWriter } from './client.ts';
import type { ClickHouseConnection } from './connection.ts';
import type { ClickHouseTypes } from './tool.ts';

/** Opens clients of ClickHouse's HTTP interface. */
export const connector: Connector<ClickHouseTypes, ClickHouseConnection> = {
  async openReader(endpoint) {
    const { url, credentials } = endpoint.connection;
    const warning = warningOf(url, { credentials });
    if (warning) endpoint.warn(warning);
    return { client: createReader(optionsOf(endpoint)), close: async () => {} };
  },
  async openWriter(endpoint) {
    return { client: createWriter(optionsOf(endpoint)), close: async () => {} };
  },
  async openRehearsal(endpoint) {
    return { client: createRehearsal(optionsOf(endpoint)), triesAgain: true, close: async () => {} };
  },
};

const optionsOf = ({ connection, warn }: Endpoint<ClickHouseConnection>): ClientOptions => ({
  url: connection.url,
  headers: headersOf({ credentials: connection.credentials }),
  warn,
});
