import type { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { createHttpClient } from '../../toolset/http/client.ts';
import { LABEL_NAME } from '../../toolset/label-scope.ts';
import { failureOf } from './failure.ts';

/**
 * Every endpoint that is ever asked, below `/loki/api/v1`; all of them read. What carries a query goes as a
 * form, so that neither its length nor its words meet a proxy's limits and logs.
 */
const ENDPOINTS = {
  query: { method: 'POST', path: ['query'] },
  query_range: { method: 'POST', path: ['query_range'] },
  series: { method: 'POST', path: ['series'] },
  labels: { method: 'GET', path: ['labels'] },
  stats: { method: 'GET', path: ['index', 'stats'] },
  patterns: { method: 'GET', path: ['patterns'] },
} as const;

type Pairs = readonly (readonly [name: string, value: string])[];

/** One request. */
export interface Ask<T> {
  /** An endpoint, or the label whose values are asked for. */
  readonly endpoint: keyof typeof ENDPOINTS | { readonly valuesOf: string };
  readonly params: Pairs;
  readonly answer: z.ZodType<T>;
}

/** A Loki HTTP API, reading alone. */
export interface LokiReader {
  /** Throws ToolError. Never follows a redirect, and gives up answers over 16 MiB. */
  ask<T>(request: Ask<T>, signal: AbortSignal): Promise<T>;
}

/** Makes a reader of the API at `url`, which may have a path prefix. `headers` carry credentials and tenant. */
export function createReader(url: string, headers: Readonly<Record<string, string>>): LokiReader {
  const http = createHttpClient({
    name: 'Loki HTTP API',
    url,
    root: ['loki', 'api', 'v1'],
    headers,
    askForLess: 'ask for fewer lines, a narrower selector or a shorter time',
    failureOf,
  });
  return {
    ask({ endpoint, params, answer }, signal) {
      const { method, path } = typeof endpoint === 'string' ? ENDPOINTS[endpoint] : valuesOf(endpoint);
      const fields = method === 'POST' ? { form: params } : { query: params };
      return http.ask({ method, path, ...fields, answer }, signal);
    },
  };
}

/** The one place where a caller's word becomes part of a path. */
function valuesOf({ valuesOf: label }: { readonly valuesOf: string }) {
  if (!LABEL_NAME.test(label)) {
    throw new ToolError('invalid_arguments', 'a label name has letters, digits and _ only');
  }
  return { method: 'GET', path: ['label', label, 'values'] } as const;
}
