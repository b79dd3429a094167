import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { readBounded } from '../../toolset/http/read-bounded.ts';
import { endTrial } from '../../toolset/trial-end.ts';
import { failureOf, parseJson, transportFailure } from './failure.ts';
import { isDots } from './names.ts';

/** Most bytes of one answer that are read at all; answers that are filtered here may be large and end small. */
const MAX_ANSWER_BYTES = 16 * 2 ** 20;

export type Path = readonly [string, ...string[]];
type Query = Readonly<Record<string, string>>;

export interface Ask<T> {
  /** Segments after `/api`, as they are; the client encodes each. */
  readonly path: Path;
  readonly query?: Query;
  readonly shape: z.ZodType<T>;
}

/** One request that changes the broker. */
export interface Order {
  readonly method: 'PUT' | 'POST' | 'DELETE';
  readonly path: Path;
  readonly query?: Query;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The management API of one virtual host, or of the broker as a whole; reading alone. */
export interface RabbitReader {
  /** The name that the client logs in with. */
  readonly user: string;
  /** Throws ToolError. Never follows a redirect, and gives up answers over 16 MiB. */
  get<T>(ask: Ask<T>, signal: AbortSignal): Promise<T>;
}

export interface RabbitWriter extends RabbitReader {
  /** Answers with the status, 201 where something was made. Throws ToolError; `outcome_unknown` if it may have happened. */
  change(order: Order, signal: AbortSignal): Promise<number>;
  /** The same for a request that answers with data. */
  exchange<T>(order: Order & { readonly shape: z.ZodType<T> }, signal: AbortSignal): Promise<T>;
}

export interface ClientOptions {
  readonly url: string;
  readonly user: string;
  /** Value of the Authorization header. */
  readonly authorization: string;
  /** The one virtual host that paths may name; absent for a client of the broker as a whole. */
  readonly vhost?: string;
}

/** What a client of the broker as a whole may read. */
const WHOLE: ReadonlySet<string> = new Set(['overview', 'nodes']);
/** Collections whose second segment is the virtual host. Users, parameters and definitions are not among them. */
const OF_VHOST: ReadonlySet<string> = new Set([
  'queues',
  'exchanges',
  'bindings',
  'consumers',
  'policies',
  'operator-policies',
]);

/** Makes a reader, which sends GET alone. */
export const createReader = (options: ClientOptions): RabbitReader => ({
  user: options.user,
  async get({ path, query, shape }, signal) {
    const { body } = await send(options, { method: 'GET', path, ...(query ? { query } : {}) }, signal);
    return parse(body, shape);
  },
});

/** Makes a writer, for one granted call. */
export const createWriter = (options: ClientOptions): RabbitWriter => ({
  ...createReader(options),
  change: async (order, signal) => (await send(options, order, signal)).status,
  async exchange({ shape, ...order }, signal) {
    const parsed = shape.safeParse(parseJson((await send(options, order, signal)).body));
    if (parsed.success) return parsed.data;
    throw new ToolError(
      'outcome_unknown',
      'the broker took the write and its answer cannot be read; look before doing it again',
    );
  },
});

/** Makes a writer on which a way back is tried: it reads, and sends no change. */
export const createRehearsal = (options: ClientOptions): RabbitWriter => ({
  ...createReader(options),
  change: endTrial,
  exchange: endTrial,
});

async function send(
  options: ClientOptions,
  { method, path, query, body }: Omit<Order, 'method'> & { method: Order['method'] | 'GET' },
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  const isWrite = method !== 'GET';
  if (isWrite || !isOfOwnAccount(path, options)) assertOwn(path, options.vhost);
  const search = query ? `?${new URLSearchParams(query)}` : '';
  const address = `${options.url.replace(/\/+$/, '')}/api/${path.map(segment).join('/')}${search}`;
  if (signal.aborted) throw transportFailure(signal.reason, signal, false);
  try {
    const response = await fetch(address, {
      method,
      headers: {
        // A purge has no JSON to offer, and a broker refuses with 406 whoever takes nothing else.
        accept: 'application/json, */*;q=0.1',
        authorization: options.authorization,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      // A redirect would carry the call, and maybe the credentials, to a host that the topology does not name.
      redirect: 'error',
      signal,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await readBounded(response, MAX_ANSWER_BYTES, 'name one queue or exchange');
    if (!response.ok) throw failureOf(response.status, text, isWrite);
    return { status: response.status, body: text };
  } catch (error) {
    throw transportFailure(error, signal, isWrite);
  }
}

/** The last lock before bytes leave: whatever a tool asks for, its client stays in its virtual host. */
function assertOwn([first, second, third]: Path, vhost: string | undefined): void {
  const isOwn =
    vhost === undefined
      ? WHOLE.has(first) && second === undefined
      : second === vhost && (OF_VHOST.has(first) || (first === 'vhosts' && third === 'connections'));
  if (!isOwn) throw new TypeError('this client does not reach that path of the management API');
}

/** Who is logged in, and what it may do in the virtual host; of nobody else, and never to be changed. */
const isOfOwnAccount = (path: Path, { user, vhost }: ClientOptions): boolean =>
  vhost !== undefined &&
  [['whoami'], ['permissions', vhost, user]].some((own) => isDeepStrictEqual(own, path));

/** One path segment. Dots survive encoding and would climb out of the API, so they are refused. */
function segment(text: string): string {
  if (isDots(text)) throw new ToolError('invalid_arguments', `${JSON.stringify(text)} is not a name`);
  return encodeURIComponent(text);
}

function parse<T>(body: string, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  throw new ToolError(
    'backend_failed',
    'the answer is not one of RabbitMQ’s management API; check the component’s url',
  );
}
