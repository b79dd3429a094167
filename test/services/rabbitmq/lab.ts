import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/rabbitmq/connect.ts';
import type { RabbitConnection, VhostEntry } from '../../../src/services/rabbitmq/connection.ts';
import type { RabbitTypes } from '../../../src/services/rabbitmq/tool.ts';
import type {
  Endpoint,
  JsonValue,
  Limits,
  ReadTool,
  Target,
  WriteTool,
} from '../../../src/toolset/define.ts';
import { granted } from '../../harness/granted.ts';
import { NO_STACK } from '../../harness/no-stack.ts';
import { tapWire } from '../../harness/wiretap.ts';
import { type Broker, startBroker } from './broker.ts';

const LIMITS: Limits = { rows: 500, bytes: 256 * 1024, deadlineMs: 30_000 };

type Body = Readonly<Record<string, unknown>>;

/** The test's own way into a broker, with every right. Paths are given as they go over the wire. */
export function adminOf({ port, user, password }: Pick<Broker, 'port' | 'user' | 'password'>) {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  async function run(method: string, path: string, body?: Body): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${port}/api/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
  return {
    run,
    /** Makes a virtual host that the test may use whole. */
    async vhost(name: string): Promise<string> {
      const path = encodeURIComponent(name);
      await run('PUT', `vhosts/${path}`);
      await run('PUT', `permissions/${path}/${user}`, { configure: '.*', write: '.*', read: '.*' });
      return name;
    },
    /** Puts one persistent message into a queue. */
    put: (vhost: string, queue: string, payload: string): Promise<unknown> =>
      run('POST', `exchanges/${encodeURIComponent(vhost)}/amq.default/publish`, {
        properties: { delivery_mode: 2 },
        routing_key: queue,
        payload,
        payload_encoding: 'string',
      }),
    /** Takes every message out of a queue for good; payloads in order. */
    async drain(vhost: string, queue: string): Promise<{ payload: string; redelivered: boolean }[]> {
      const got = await run('POST', `queues/${encodeURIComponent(vhost)}/${encodeURIComponent(queue)}/get`, {
        count: 1000,
        ackmode: 'ack_requeue_false',
        encoding: 'auto',
      });
      return (got as { payload: string; redelivered: boolean }[]).map(({ payload, redelivered }) => ({
        payload,
        redelivered,
      }));
    },
    /** All that the broker is told to be: queues, exchanges, bindings and policies of one virtual host, in one order. */
    async definitions(vhost: string): Promise<Record<string, unknown[]>> {
      const all = (await run('GET', `definitions/${encodeURIComponent(vhost)}`)) as Record<string, unknown>;
      const kept: Record<string, unknown[]> = {};
      for (const key of ['queues', 'exchanges', 'bindings', 'policies']) {
        const items = (all[key] ?? []) as unknown[];
        kept[key] = items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
      }
      return kept;
    },
  };
}
export type Admin = ReturnType<typeof adminOf>;

/** A name that no other test uses. */
export const fresh = (word: string): string => `${word}-${randomBytes(5).toString('hex')}`;

/** What a write did, as the pipeline would record it. */
export interface Written<O = unknown> {
  readonly output: O;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

export interface Call {
  readonly limits?: Partial<Limits>;
  /** Runs after the capture and before the write: what somebody else does meanwhile. */
  readonly between?: () => Promise<void>;
}

/** A component of type rabbitmq, whose tools run through clients of the real connector. */
export function openRabbit(
  access: { port: number; user: string; password: string },
  vhosts: Readonly<Record<string, VhostEntry>>,
) {
  const reach = new Map(Object.entries(vhosts));
  const endpoint = (sub: string | undefined): Endpoint<RabbitConnection> => ({
    component: 'bus',
    ...(sub === undefined ? {} : { sub }),
    entry: (sub === undefined ? undefined : reach.get(sub)) ?? {},
    connection: {
      url: `http://127.0.0.1:${access.port}`,
      credentials: { user: access.user, password: new Secret('password', access.password) },
    },
    limits: LIMITS,
    warn: () => {},
  });
  const target = (sub: string | undefined): Target<VhostEntry> => ({
    name: sub === undefined ? 'bus' : `bus/${sub}`,
    component: 'bus',
    ...(sub === undefined ? {} : { sub }),
    scope: (sub === undefined ? undefined : reach.get(sub)) ?? {},
    reach,
  });
  const context = (sub: string | undefined, call: Call) => ({
    target: target(sub),
    signal: new AbortController().signal,
    limits: { ...LIMITS, ...call.limits },
    principal: 'tester',
    stack: NO_STACK,
  });

  /** Runs one read tool at `bus/sub`, or at the component when `sub` is undefined. */
  async function read<P extends z.ZodObject, O extends z.ZodObject>(
    tool: ReadTool<RabbitTypes, P, O>,
    sub: string | undefined,
    args: z.input<P>,
    call: Call = {},
  ): Promise<z.output<O>> {
    const { client } = await connector.openReader(endpoint(sub));
    return tool.output.parse(await tool.run({ client, ...context(sub, call) }, tool.params.parse(args)));
  }

  async function sessionOf(tool: string, sub: string, call: Call) {
    const grant = granted({ callId: 'c1', principal: 'tester', tool, target: `bus/${sub}` });
    const { client } = await connector.openWriter(endpoint(sub), grant);
    return { client, ...context(sub, call), grant, recordAfter: async () => {} };
  }

  /** Runs one write tool the pipeline's way: scope, session, capture, run. */
  async function write<P extends z.ZodObject, O extends z.ZodObject>(
    tool: WriteTool<RabbitTypes, P, O>,
    sub: string,
    args: z.input<P>,
    call: Call = {},
  ): Promise<Written<z.output<O>>> {
    const params = tool.params.parse(args);
    await tool.scope(target(sub), params);
    const session = await sessionOf(tool.name, sub, call);
    const { effect } = tool;
    const before = effect.irreversible === undefined ? await effect.capture(session, params) : null;
    await call.between?.();
    let after: JsonValue = null;
    const recordAfter = async (given: JsonValue) => {
      after = JSON.parse(JSON.stringify(given));
    };
    const output = tool.output.parse(await tool.run({ ...session, recordAfter }, params));
    return { output, before: JSON.parse(JSON.stringify(before)), after };
  }

  /** Takes a write back. */
  async function revert<P extends z.ZodObject, O extends z.ZodObject>(
    tool: WriteTool<RabbitTypes, P, O>,
    sub: string,
    args: z.input<P>,
    { before, after }: Pick<Written, 'before' | 'after'>,
  ): Promise<void> {
    if (tool.effect.irreversible !== undefined) throw new Error(`${tool.name} has no way back`);
    const change = { args: tool.params.parse(args), before, after };
    await tool.effect.revert(await sessionOf(tool.name, sub, {}), change);
  }

  return { read, write, revert, target };
}
export type Rabbit = ReturnType<typeof openRabbit>;

/** A broker of the test file's own, behind a tap that keeps what the tools send. Undefined where there is none. */
export async function openLab() {
  const broker = await startBroker();
  if (!broker) return undefined;
  const tap = await tapWire(broker.port);
  return {
    broker,
    tap,
    admin: adminOf(broker),
    /** Opens the tools' side; every byte of it goes through the tap. */
    open: (vhosts: Readonly<Record<string, VhostEntry>>) => openRabbit({ ...broker, port: tap.port }, vhosts),
    /** Request lines that left the tools since the last `forget`: `GET /api/queues/shop`. */
    requests: (): string[] =>
      [
        ...tap
          .sent()
          .toString('latin1')
          .matchAll(/^([A-Z]+ \/\S*) HTTP\/1\.1\r$/gm),
      ].map(([, line]) => line ?? ''),
    async close() {
      await tap.close();
      await broker.stop();
    },
  };
}
export type Lab = NonNullable<Awaited<ReturnType<typeof openLab>>>;
