import { defineService } from '../../toolset/define.ts';
import { HttpConnection } from './connection.ts';
import { HttpEndpoint } from './endpoint.ts';
import { checkEndpoints } from './endpoints.ts';
import type { HttpTypes } from './tool.ts';
import { httpCheck } from './tools/http-check.ts';
import { httpEndpoints } from './tools/http-endpoints.ts';
import { httpRead } from './tools/http-read.ts';
import { httpWrite } from './tools/http-write.ts';
import { httpWriteIrreversible } from './tools/http-write-irreversible.ts';

/** Any service that speaks HTTP, by the endpoints that the topology declares and no others. */
export const httpService = defineService<HttpTypes, typeof HttpConnection>({
  type: 'http-service',
  layer: 'operations',
  title: 'HTTP service',
  description: 'A service reached over HTTP by declared endpoints alone',
  prefix: 'http',
  connection: HttpConnection,
  subComponents: {
    key: 'endpoints',
    singular: 'endpoint',
    entry: HttpEndpoint,
    narrowable: [],
    required: false,
    check: checkEndpoints,
  },
  links: {
    calls: { description: 'calls the endpoints' },
    checks: { description: 'looks whether it is well, and never changes it', access: 'read' },
    operates: { description: 'looks after the service' },
  },
  tools: [httpCheck, httpEndpoints, httpRead, httpWrite, httpWriteIrreversible],
  connect: async () => (await import('./connect.ts')).connector,
  blastRadius: 1,
  advise: (_, access) =>
    access === 'read'
      ? ['an account that may only call the declared endpoints that read']
      : ['an account that may call the declared endpoints and nothing else'],
});
