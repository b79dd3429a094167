import type { Connector, Endpoint } from '../../toolset/define.ts';
import type { HttpClient } from '../../toolset/http/client.ts';
import { headersOf, warningOf } from '../../toolset/http/headers.ts';
import type { GrafanaConnection } from './connection.ts';
import { folderAt } from './folder-scope.ts';
import { openApi } from './http.ts';
import { createReader } from './reader.ts';
import type { GrafanaTypes } from './tool.ts';
import { GrafanaWriter } from './writer.ts';

/** Opens readers, and a writer for each granted call; each is bound to the folder of its target. */
export const connector: Connector<GrafanaTypes, GrafanaConnection> = {
  async openReader(endpoint) {
    return { client: createReader(open(endpoint, 'read'), folderAt(endpoint)), close: async () => {} };
  },
  async openWriter(endpoint) {
    return { client: new GrafanaWriter(open(endpoint, 'write'), folderAt(endpoint)), close: async () => {} };
  },
  async openRehearsal(endpoint) {
    const client = new GrafanaWriter(open(endpoint, 'rehearse'), folderAt(endpoint));
    return { client, triesAgain: true, close: async () => {} };
  },
};

function open(
  { connection, warn }: Endpoint<GrafanaConnection>,
  access: Parameters<typeof openApi>[2],
): HttpClient {
  const { url, credentials, org_id } = connection;
  const warning = warningOf(url, { credentials });
  if (warning) warn(warning);
  const organisation = org_id === undefined ? {} : { 'x-grafana-org-id': String(org_id) };
  return openApi(url, { ...headersOf({ credentials }), ...organisation }, access);
}
