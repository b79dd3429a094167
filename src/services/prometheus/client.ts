import { z } from 'zod';
import type { Limits } from '../../toolset/define.ts';
import { createHttpClient, type HttpApi, notThisApi } from '../../toolset/http/client.ts';
import { failureOf } from './failure.ts';

const MAX_WARNINGS = 5;

/** One request below `/api/v1`. */
export interface Ask<T> {
  readonly method: 'GET' | 'POST';
  /** Segments after `/api/v1`: `['label', 'job', 'values']`. */
  readonly path: readonly string[];
  /** Query parameters, or form fields of a POST. */
  readonly params: readonly (readonly [name: string, value: string])[];
  /** Shape of the answer's `data`. */
  readonly data: z.ZodType<T>;
}

export interface Answer<T> {
  readonly data: T;
  /** What the server remarks on, such as results that it cut. */
  readonly warnings: readonly string[];
}

/** What bounds one request: the deadline of the call and its end. */
export interface Bounds {
  readonly signal: AbortSignal;
  readonly limits: Limits;
}

/** A Prometheus HTTP API, reading alone. */
export interface PromReader {
  /** Throws ToolError. Never follows a redirect, and gives up answers over 16 MiB. */
  ask<T>(request: Ask<T>, bounds: Bounds): Promise<Answer<T>>;
}

const Envelope = z.object({
  status: z.literal('success'),
  data: z.unknown(),
  warnings: z.array(z.string()).optional(),
  infos: z.array(z.string()).optional(),
});

/** Makes a reader of the API at `url`, which may have a path prefix. `headers` carry credentials and tenant. */
export function createReader(url: string, headers: Readonly<Record<string, string>>): PromReader {
  const api: HttpApi = {
    name: 'Prometheus HTTP API',
    url,
    root: ['api', 'v1'],
    headers,
    askForLess: 'ask for fewer series with matchers or an aggregation, or for a shorter time',
    failureOf,
  };
  const http = createHttpClient(api);
  return {
    async ask<T>({ method, path, params, data: shape }: Ask<T>, { signal }: Bounds): Promise<Answer<T>> {
      const fields = method === 'POST' ? { form: params } : { query: params };
      const envelope = await http.ask({ method, path, ...fields, answer: Envelope }, signal);
      const data = shape.safeParse(envelope.data);
      if (!data.success) throw notThisApi(api);
      const { warnings = [], infos = [] } = envelope;
      return { data: data.data, warnings: [...warnings, ...infos].slice(0, MAX_WARNINGS) };
    },
  };
}
