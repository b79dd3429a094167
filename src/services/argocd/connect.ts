import type { Access, Connector, Endpoint } from '../../toolset/define.ts';
import { createHttpClient, type HttpClient } from '../../toolset/http/client.ts';
import { headersOf, warningOf } from '../../toolset/http/headers.ts';
import { type ArgoConnection, ProjectEntry } from './connection.ts';
import { failureOf } from './failure.ts';
import { lockTo } from './lock.ts';
import { createReader } from './reader.ts';
import { placeOf } from './scope.ts';
import type { ArgoTypes } from './tool.ts';
import { createWriter } from './writer.ts';

/** Opens clients of the API server; each is locked to the project of its target. */
export const connector: Connector<ArgoTypes, ArgoConnection> = {
  async openReader(endpoint) {
    return { client: createReader(open(endpoint, 'read')), close: async () => {} };
  },
  async openWriter(endpoint, grant) {
    return { client: createWriter(open(endpoint, 'write'), grant), close: async () => {} };
  },
};

function open({ connection, sub, entry, warn }: Endpoint<ArgoConnection>, access: Access): HttpClient {
  const { url, credentials } = connection;
  const warning = warningOf(url, { credentials });
  if (warning) warn(warning);
  const http = createHttpClient({
    name: 'Argo CD API',
    url,
    root: ['api', 'v1'],
    headers: headersOf({ credentials }),
    askForLess: 'ask for one application, or for fewer lines',
    failureOf,
  });
  return lockTo(http, sub === undefined ? undefined : placeOf(sub, ProjectEntry.parse(entry)), access);
}
