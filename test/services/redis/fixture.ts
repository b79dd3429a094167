import { randomBytes } from 'node:crypto';
import { createClient, RESP_TYPES } from 'redis';
import type { z } from 'zod';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/redis/connect.ts';
import type { PrefixEntry } from '../../../src/services/redis/prefix.ts';
import type { RedisConnection } from '../../../src/services/redis/service.ts';
import type { RedisTypes } from '../../../src/services/redis/tool.ts';
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

/** Access to a real server, as the harness provides it. */
export interface ServerAccess {
  readonly port: number;
  readonly password: string;
  readonly user?: string;
  readonly database?: number;
}

const LIMITS: Limits = { rows: 500, bytes: 256 * 1024, deadlineMs: 30_000 };

/** A prefix that no other test uses. */
export const freshPrefix = (word = 't'): string => `${word}-${randomBytes(6).toString('hex')}:`;

export interface Call {
  readonly signal?: AbortSignal;
  readonly limits?: Partial<Limits>;
  /** Runs after the capture and before the write: what somebody else does meanwhile. */
  readonly between?: () => Promise<void>;
  /** Runs when the tool hands over what its revert will need. */
  readonly recording?: () => Promise<void>;
}

/** What a write did, as the pipeline would record it. */
export interface Written<O> {
  readonly output: O;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

/** A component of type redis with named prefixes, whose tools run through clients of the real connector. */
export async function openRedis(access: ServerAccess, prefixes: Readonly<Record<string, PrefixEntry>>) {
  const reach = new Map(Object.entries(prefixes));
  const endpoint = (sub: string | undefined): Endpoint<RedisConnection> => ({
    component: 'cache',
    ...(sub === undefined ? {} : { sub }),
    entry: sub === undefined ? {} : (reach.get(sub) ?? {}),
    connection: {
      host: '127.0.0.1',
      port: access.port,
      tls: false,
      database: access.database ?? 0,
      credentials: { user: access.user ?? 'default', password: new Secret('password', access.password) },
    },
    limits: LIMITS,
    warn: () => {},
  });
  const target = (sub: string | undefined): Target<PrefixEntry> => ({
    name: sub === undefined ? 'cache' : `cache/${sub}`,
    component: 'cache',
    ...(sub === undefined ? {} : { sub }),
    scope: (sub === undefined ? undefined : reach.get(sub)) ?? {},
    reach,
  });
  const context = (sub: string | undefined, call: Call) => ({
    target: target(sub),
    signal: call.signal ?? new AbortController().signal,
    limits: { ...LIMITS, ...call.limits },
    principal: 'tester',
    stack: NO_STACK,
  });

  /** Runs one read tool at `cache/sub`, or at the component when `sub` is undefined. */
  async function read<P extends z.ZodObject, O extends z.ZodObject>(
    tool: ReadTool<RedisTypes, P, O>,
    sub: string | undefined,
    args: z.input<P>,
    call: Call = {},
  ): Promise<z.output<O>> {
    const opened = await connector.openReader(endpoint(sub));
    try {
      const output = await tool.run(
        { client: opened.client, ...context(sub, call) },
        tool.params.parse(args),
      );
      return tool.output.parse(output);
    } finally {
      await opened.close();
    }
  }

  /** Runs one write tool the pipeline's way: scope, session, capture, run. */
  async function write<P extends z.ZodObject, O extends z.ZodObject>(
    tool: WriteTool<RedisTypes, P, O>,
    sub: string,
    args: z.input<P>,
    call: Call = {},
  ): Promise<Written<z.output<O>>> {
    const params = tool.params.parse(args);
    await tool.scope(target(sub), params);
    return inSession(tool, sub, call, async (session, effect) => {
      const before = await effect.capture(session, params);
      await call.between?.();
      let after: JsonValue = null;
      const recordAfter = async (given: JsonValue) => {
        await call.recording?.();
        after = JSON.parse(JSON.stringify(given));
      };
      const output = tool.output.parse(await tool.run({ ...session, recordAfter }, params));
      return { output, before: JSON.parse(JSON.stringify(before)), after };
    });
  }

  /** Takes a write back. */
  async function revert<P extends z.ZodObject, O extends z.ZodObject>(
    tool: WriteTool<RedisTypes, P, O>,
    sub: string,
    args: z.input<P>,
    written: Written<unknown>,
    call: Call = {},
  ): Promise<void> {
    const change = { args: tool.params.parse(args), before: written.before, after: written.after };
    await inSession(tool, sub, call, (session, effect) => effect.revert(session, change));
  }

  async function inSession<P extends z.ZodObject, O extends z.ZodObject, R>(
    tool: WriteTool<RedisTypes, P, O>,
    sub: string,
    call: Call,
    work: (session: Session, effect: Reversible<P>) => Promise<R>,
  ): Promise<R> {
    if (tool.effect.irreversible !== undefined) throw new Error(`${tool.name} has no way back`);
    const grant = granted({ callId: 'c1', principal: 'tester', tool: tool.name, target: `cache/${sub}` });
    const opened = await connector.openWriter(endpoint(sub), grant);
    const session = { client: opened.client, ...context(sub, call), grant, recordAfter: async () => {} };
    try {
      return await work(session, tool.effect);
    } finally {
      await opened.close();
    }
  }

  return { read, write, revert, endpoint, target };
}

type Session = Parameters<WriteTool<RedisTypes, z.ZodObject, z.ZodObject>['run']>[0];
type Reversible<P extends z.ZodObject> = Exclude<
  WriteTool<RedisTypes, P, z.ZodObject>['effect'],
  { irreversible: string }
>;

/** The test's own way in, with every right: replies are bytes. */
export async function openAdmin(access: ServerAccess) {
  const client = createClient({
    RESP: 2,
    socket: { host: '127.0.0.1', port: access.port },
    password: access.password,
    database: access.database ?? 0,
  }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  await client.connect();
  return {
    /** Sends one command, its words as given. */
    run: (...words: readonly (string | Buffer | number)[]): Promise<unknown> =>
      client.sendCommand(words.map((word) => (typeof word === 'number' ? `${word}` : word))),
    close: () => client.destroy(),
  };
}
export type Admin = Awaited<ReturnType<typeof openAdmin>>;
