import type { Connector, Endpoint } from '../../toolset/define.ts';
import type { HttpClient } from '../../toolset/http/client.ts';
import { headersOf, warningOf } from '../../toolset/http/headers.ts';
import { rehearsing } from '../../toolset/http/rehearsing.ts';
import { LabelScope, type ScopeLabels } from '../../toolset/label-scope.ts';
import type { AlertmanagerConnection } from './connection.ts';
import { openApi } from './http.ts';
import { createReader } from './reader.ts';
import type { AlertmanagerTypes } from './tool.ts';
import { AmWriter } from './writer.ts';

/** Opens readers, and a writer for each granted call. */
export const connector: Connector<AlertmanagerTypes, AlertmanagerConnection> = {
  async openReader(endpoint) {
    return { client: createReader(open(endpoint)), close: async () => {} };
  },
  async openWriter(endpoint) {
    return { client: new AmWriter(open(endpoint), scopeAt(endpoint)), close: async () => {} };
  },
  async openRehearsal(endpoint) {
    const client = new AmWriter(rehearsing(open(endpoint)), scopeAt(endpoint));
    return { client, triesAgain: true, close: async () => {} };
  },
};

function open({ connection, warn }: Endpoint<AlertmanagerConnection>): HttpClient {
  const warning = warningOf(connection.url, connection);
  if (warning) warn(warning);
  return openApi(connection.url, headersOf(connection));
}

const scopeAt = ({ sub, entry }: Endpoint<AlertmanagerConnection>): ScopeLabels =>
  sub === undefined ? {} : LabelScope.parse(entry).labels;
