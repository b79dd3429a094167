import { createHttpClient, type HttpClient } from '../../toolset/http/client.ts';
import { failureOf } from './failure.ts';

/** The API v2 at `url`, which may have a path prefix. `headers` carry credentials and tenant. */
export const openApi = (url: string, headers: Readonly<Record<string, string>>): HttpClient =>
  createHttpClient({
    name: 'Alertmanager HTTP API',
    url,
    root: ['api', 'v2'],
    headers,
    askForLess: 'ask for fewer alerts with matchers or a receiver',
    failureOf,
  });
