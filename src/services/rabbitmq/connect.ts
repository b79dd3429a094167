import type { Connector, Endpoint } from '../../toolset/define.ts';
import { sendsInClear } from '../../toolset/http/headers.ts';
import { type ClientOptions, createReader, createRehearsal, createWriter } from './client.ts';
import { type RabbitConnection, VhostEntry } from './connection.ts';
import type { RabbitTypes } from './tool.ts';

/** Opens clients of the management API; each is bound to the virtual host of its target. */
export const connector: Connector<RabbitTypes, RabbitConnection> = {
  async openReader(endpoint) {
    if (sendsInClear(endpoint.connection.url))
      endpoint.warn('credentials are sent over plain http to another machine; use https');
    return { client: createReader(optionsOf(endpoint)), close: async () => {} };
  },
  async openWriter(endpoint) {
    return { client: createWriter(optionsOf(endpoint)), close: async () => {} };
  },
  async openRehearsal(endpoint) {
    return { client: createRehearsal(optionsOf(endpoint)), triesAgain: true, close: async () => {} };
  },
};

function optionsOf({ connection, sub, entry }: Endpoint<RabbitConnection>): ClientOptions {
  const { user, password } = connection.credentials;
  const pair = Buffer.from(`${user}:${password.expose()}`).toString('base64');
  return {
    url: connection.url,
    user,
    authorization: `Basic ${pair}`,
    ...(sub === undefined ? {} : { vhost: VhostEntry.parse(entry).vhost ?? sub }),
  };
}
