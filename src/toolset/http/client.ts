import type { z } from 'zod';
import type { JsonValue } from '../define.ts';
import { ToolError } from '../errors.ts';
import {
  abortFailure,
  parseJson,
  statusFailure,
  transportFailure,
  unknownOutcome,
  wasNeverSent,
} from './failure.ts';
import { readBounded } from './read-bounded.ts';

/** Most bytes of one answer that are read at all; answers that are filtered here may be large and end small. */
const MAX_ANSWER_BYTES = 16 * 2 ** 20;

type Pairs = readonly (readonly [name: string, value: string])[];

/** The HTTP API of one component, as the topology places it. */
export interface HttpApi {
  /** Its name in errors: `Prometheus HTTP API`. */
  readonly name: string;
  /** Base URL, which may have a path prefix. */
  readonly url: string;
  /** Segments between the base URL and every request's path: `['api', 'v2']`. */
  readonly root: readonly string[];
  /** Credentials and tenant. */
  readonly headers: Readonly<Record<string, string>>;
  /** Most bytes of one answer; 16 MiB if absent. */
  readonly maxBytes?: number;
  /** How a caller asks for less, for answers over the limit. */
  readonly askForLess: string;
  /**
   * What a body that came with a status other than success means; undefined where it is not the API's own.
   * Never shown: anything of the body that does not only repeat the caller's words.
   */
  failureOf?(status: number, body: string): ToolError | undefined;
  /** `failureOf` is asked for 401 and 403, too: the API says in them what it refuses, and why. */
  readonly explainsRefusals?: true;
  /** Whether the body of a 403 says that the API is asked too often, rather than that a right is missing. */
  isLimit?(body: string): boolean;
}

/** One request below the API's root. */
export interface HttpRequest<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Segments, each encoded: `['label', 'job', 'values']`. */
  readonly path: readonly string[];
  readonly query?: Pairs;
  /** Body as form fields. */
  readonly form?: Pairs;
  /** Body as JSON. */
  readonly json?: JsonValue;
  /** Body as plain text: a statement, or lines of rows. */
  readonly text?: string;
  /** Shape of the answer's JSON, where an empty body is `undefined`; or of its text, with `as: 'text'`. */
  readonly answer: z.ZodType<T>;
  /** The answer is text and no JSON: log lines, a webhook's `ok`. */
  readonly as?: 'text';
  /** The request changes something, so an end without an answer leaves open whether it did. */
  readonly writes?: true;
}

/** A bounded client of one JSON API: no redirect is followed, no answer outgrows its limit. */
export interface HttpClient {
  /**
   * Throws ToolError. For a request that `writes`, `outcome_unknown` unless it is certain that nothing happened.
   * @param signal ends with the call: its deadline, or its cancellation
   */
  ask<T>(request: HttpRequest<T>, signal: AbortSignal): Promise<T>;
}

/** Makes a client of one API. A path segment that is no name is refused as `invalid_arguments`. */
export const createHttpClient = (api: HttpApi): HttpClient => ({
  async ask<T>(request: HttpRequest<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw abortFailure(signal);
    const response = await send(api, request, signal);
    const body = await read(api, response, request, signal);
    if (!response.ok) throw refusalOf(api, response.status, body, request);
    const answer = request.answer.safeParse(contentOf(body, request));
    if (!answer.success) throw inDoubt(request, notThisApi(api));
    return answer.data;
  },
});

function contentOf<T>(body: string, { as }: HttpRequest<T>): unknown {
  if (as === 'text') return body;
  return body === '' ? undefined : parseJson(body);
}

/** The error of an answer that is not one of the API. */
export const notThisApi = ({ name }: Pick<HttpApi, 'name'>): ToolError =>
  new ToolError('backend_failed', `the answer is not one of the ${name}; check the component’s url`);

/** What a request ended in that arrived and was not plainly refused: a write may have happened all the same. */
const inDoubt = <T>({ writes }: HttpRequest<T>, failure: ToolError): ToolError =>
  writes ? unknownOutcome(failure) : failure;

async function send<T>(api: HttpApi, request: HttpRequest<T>, signal: AbortSignal): Promise<Response> {
  const address = addressOf(api, request);
  try {
    return await fetch(address, {
      method: request.method,
      headers: { accept: request.as ? '*/*' : 'application/json', ...typeOf(request), ...api.headers },
      ...bodyOf(request),
      // A redirect would carry the request, and maybe the credentials, to a host that the topology does not name.
      redirect: 'error',
      signal,
    });
  } catch (error) {
    const failure = transportFailure(error, signal);
    throw wasNeverSent(error) ? failure : inDoubt(request, failure);
  }
}

async function read<T>(api: HttpApi, response: Response, request: HttpRequest<T>, signal: AbortSignal) {
  try {
    return await readBounded(response, api.maxBytes ?? MAX_ANSWER_BYTES, api.askForLess);
  } catch (error) {
    throw inDoubt(request, transportFailure(error, signal));
  }
}

function addressOf<T>({ url, root }: HttpApi, { path, query = [] }: HttpRequest<T>): string {
  const address = [url.replace(/\/+$/, ''), ...[...root, ...path].map(segment)].join('/');
  return query.length > 0 ? `${address}?${encode(query)}` : address;
}

/** One path segment. Dots survive encoding and would climb out of the API; half a surrogate pair cannot be encoded. */
function segment(text: string): string {
  if (/^\.*$|\p{Cs}/u.test(text))
    throw new ToolError('invalid_arguments', `${JSON.stringify(text)} is not a name`);
  return encodeURIComponent(text);
}

const encode = (pairs: Pairs): URLSearchParams =>
  new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value]));

const typeOf = <T>({ json, text }: HttpRequest<T>): Record<string, string> => {
  if (json !== undefined) return { 'content-type': 'application/json' };
  return text === undefined ? {} : { 'content-type': 'text/plain; charset=utf-8' };
};

function bodyOf<T>({ json, form, text }: HttpRequest<T>): { body?: string | URLSearchParams } {
  if (json !== undefined) return { body: JSON.stringify(json) };
  if (text !== undefined) return { body: text };
  return form === undefined ? {} : { body: encode(form) };
}

function refusalOf<T>(api: HttpApi, status: number, body: string, request: HttpRequest<T>): ToolError {
  const isOfAccount = status === 401 || status === 403;
  const reported = isOfAccount && !api.explainsRefusals ? undefined : api.failureOf?.(status, body);
  if (status === 403 && api.isLimit?.(body)) return statusFailure(429);
  if (reported) return reported;
  const isRefusal = status >= 400 && status < 500;
  // A proxy's 502 or 504 says nothing of what the server behind it did.
  return isRefusal ? statusFailure(status) : inDoubt(request, statusFailure(status));
}
