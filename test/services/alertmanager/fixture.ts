import type { z } from 'zod';
import { connector } from '../../../src/services/alertmanager/connect.ts';
import type { AlertmanagerConnection } from '../../../src/services/alertmanager/connection.ts';
import { alertmanager } from '../../../src/services/alertmanager/service.ts';
import type { AlertmanagerTypes } from '../../../src/services/alertmanager/tool.ts';
import type { Endpoint, JsonValue, ReadTool, Target, WriteTool } from '../../../src/toolset/define.ts';
import type { LabelScope } from '../../../src/toolset/label-scope.ts';
import { granted } from '../../harness/granted.ts';
import { NO_STACK } from '../../harness/no-stack.ts';

/** The label scopes that the tests call through; `none` is a component that declares no scopes. */
export const SCOPES = {
  shop: { labels: { namespace: 'shop' } },
  finance: { labels: { namespace: 'finance' } },
} as const satisfies Record<string, LabelScope>;
export type ScopeName = keyof typeof SCOPES | 'none';

type Connection = Endpoint<AlertmanagerConnection>['connection'];
type Read<P extends z.ZodObject, O extends z.ZodObject> = ReadTool<AlertmanagerTypes, P, O>;
type Write<P extends z.ZodObject, O extends z.ZodObject> = WriteTool<AlertmanagerTypes, P, O>;

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly rows?: number;
  /** Runs when the tool hands over what its revert will need. */
  readonly recording?: () => Promise<void>;
}

/** What a write left for its revert, as the version store keeps it. */
export interface Kept {
  readonly before: JsonValue;
  readonly after: JsonValue;
}

/** A component of type alertmanager whose tools run through clients of the real connector. */
export function openAm(connection: Connection) {
  const warnings: string[] = [];
  const endpoint = (scope: ScopeName): Endpoint<AlertmanagerConnection> => ({
    component: 'alerts',
    ...(scope === 'none' ? {} : { sub: scope }),
    entry: scope === 'none' ? {} : SCOPES[scope],
    connection,
    limits: alertmanager.limits,
    warn: (message) => warnings.push(message),
  });
  const context = (scope: ScopeName, { signal, rows }: CallOptions) => ({
    target: targetOf(scope),
    signal: signal ?? new AbortController().signal,
    limits: { ...alertmanager.limits, ...(rows === undefined ? {} : { rows }) },
    principal: 'triage',
    stack: NO_STACK,
  });
  let calls = 0;
  const inSession = async <R>(
    tool: string,
    scope: ScopeName,
    options: CallOptions,
    work: (session: Parameters<Write<z.ZodObject, z.ZodObject>['run']>[0]) => Promise<R>,
  ): Promise<R> => {
    calls += 1;
    const name = targetOf(scope).name;
    const grant = granted({ callId: `call-${calls}`, principal: 'triage', tool, target: name });
    const { client, close } = await connector.openWriter(endpoint(scope), grant);
    const recordAfter = () => Promise.reject(new Error('nothing to record here'));
    try {
      return await work({ client, grant, recordAfter, ...context(scope, options) });
    } finally {
      await close();
    }
  };

  return {
    warnings,
    /** Runs one read tool and checks its output. */
    async read<P extends z.ZodObject, O extends z.ZodObject>(
      tool: Read<P, O>,
      scope: ScopeName,
      args: z.input<P>,
      options: CallOptions = {},
    ): Promise<z.output<O>> {
      const { client } = await connector.openReader(endpoint(scope));
      return tool.output.parse(
        await tool.run({ client, ...context(scope, options) }, tool.params.parse(args)),
      );
    },
    /** Runs one write tool the pipeline's way: scope, session, capture, run. `kept` is filled also when it throws. */
    async write<P extends z.ZodObject, O extends z.ZodObject>(
      tool: Write<P, O>,
      scope: ScopeName,
      args: z.input<P>,
      kept: { before?: JsonValue; after?: JsonValue } = {},
      options: CallOptions = {},
    ): Promise<{ output: z.output<O>; kept: Kept }> {
      const params = tool.params.parse(args);
      await tool.scope(targetOf(scope), params);
      const { effect } = tool;
      if (effect.irreversible !== undefined) throw new Error(`${tool.name} has no way back`);
      return inSession(tool.name, scope, options, async (session) => {
        kept.after = null;
        kept.before = JSON.parse(JSON.stringify(await effect.capture(session, params)));
        const recordAfter = async (after: JsonValue) => {
          await options.recording?.();
          kept.after = JSON.parse(JSON.stringify(after));
        };
        const output = tool.output.parse(await tool.run({ ...session, recordAfter }, params));
        return { output, kept: { before: kept.before ?? null, after: kept.after ?? null } };
      });
    },
    /** Takes a write back. */
    async revert<P extends z.ZodObject, O extends z.ZodObject>(
      tool: Write<P, O>,
      scope: ScopeName,
      args: z.input<P>,
      kept: Kept,
    ): Promise<void> {
      const { effect } = tool;
      if (effect.irreversible !== undefined) throw new Error(`${tool.name} has no way back`);
      const change = { args: tool.params.parse(args), ...kept };
      await inSession(tool.name, scope, {}, (session) => effect.revert(session, change));
    },
  };
}

function targetOf(scope: ScopeName): Target<LabelScope> {
  const nothing = {} as LabelScope;
  if (scope === 'none') return { name: 'alerts', component: 'alerts', scope: nothing, reach: new Map() };
  const entry = SCOPES[scope];
  return {
    name: `alerts/${scope}`,
    component: 'alerts',
    sub: scope,
    scope: entry,
    reach: new Map([[scope, entry]]),
  };
}

/** The requests in what a wiretap saw, in order, each with its body. */
export const requestsIn = (sent: Buffer): { method: string; url: URL; body: string }[] =>
  sent
    .toString()
    .split(/(?=(?:GET|POST|DELETE|PUT) \/\S* HTTP\/1\.1\r\n)/)
    .filter((text) => text !== '')
    .map((text) => {
      const [head = '', ...rest] = text.split('\r\n\r\n');
      const [method = '', path = ''] = head.split(' ');
      return { method, url: new URL(path, 'http://host'), body: rest.join('\r\n\r\n') };
    });
