import { z } from 'zod';
import type { Limits } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { failureOf, parseJson, transportFailure } from './failure.ts';
import { readBounded } from './read-bounded.ts';

/** Most bytes of one answer that are read at all; answers that are filtered here may be large and end small. */
const MAX_ANSWER_BYTES = 16 * 2 ** 20;
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
export const createReader = (url: string, headers: Readonly<Record<string, string>>): PromReader => ({
  async ask<T>(request: Ask<T>, { signal }: Bounds): Promise<Answer<T>> {
    try {
      const response = await send(url, headers, request, signal);
      const body = await readBounded(response, MAX_ANSWER_BYTES);
      if (!response.ok) throw failureOf(response.status, body);
      return answerOf(body, request.data);
    } catch (error) {
      throw transportFailure(error, signal);
    }
  },
});

function send<T>(
  url: string,
  headers: Readonly<Record<string, string>>,
  { method, path, params }: Ask<T>,
  signal: AbortSignal,
): Promise<Response> {
  const fields = new URLSearchParams(params.map(([name, value]): [string, string] => [name, value]));
  const address = `${url.replace(/\/+$/, '')}/api/v1/${path.map(segment).join('/')}`;
  // A redirect would carry the query, and maybe the credentials, to a host that the topology does not name.
  const options = {
    method,
    headers: { accept: 'application/json', ...headers },
    redirect: 'error',
    signal,
  } as const;
  return method === 'POST'
    ? fetch(address, { ...options, body: fields })
    : fetch(params.length > 0 ? `${address}?${fields}` : address, options);
}

/** One path segment. Dots survive encoding and would climb out of the API, so they are refused. */
function segment(text: string): string {
  if (/^\.*$/.test(text)) throw new ToolError('invalid_arguments', `${JSON.stringify(text)} is not a name`);
  return encodeURIComponent(text);
}

function answerOf<T>(body: string, shape: z.ZodType<T>): Answer<T> {
  const envelope = Envelope.safeParse(parseJson(body));
  const data = envelope.success ? shape.safeParse(envelope.data.data) : undefined;
  if (!envelope.success || !data?.success) {
    throw new ToolError(
      'backend_failed',
      'the answer is not one of the Prometheus HTTP API; check the component’s url',
    );
  }
  const { warnings = [], infos = [] } = envelope.data;
  return { data: data.data, warnings: [...warnings, ...infos].slice(0, MAX_WARNINGS) };
}
