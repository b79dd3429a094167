import type { z } from 'zod';
import type {
  Connector,
  Endpoint,
  Entry,
  JsonValue,
  Limits,
  ReadTool,
  ServiceTypes,
  Target,
  WriteTool,
} from '../../src/toolset/define.ts';
import { granted } from './granted.ts';
import { NO_STACK } from './no-stack.ts';

/** What a write left for its revert, as the version store keeps it. */
export interface Written<O = unknown> {
  readonly output: O;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

export interface LabCall {
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  /** Runs after the capture and before the write: what somebody else does meanwhile. */
  readonly between?: () => Promise<void>;
}

export interface LabOptions<S extends ServiceTypes, C> {
  readonly connector: Connector<S, C>;
  /** As the pipeline would have resolved it: secrets as `new Secret(...)`. */
  readonly connection: Endpoint<C>['connection'];
  /** Entries of the sub-components that the link reaches; empty for a component that names none. */
  readonly subs: Readonly<Record<string, S['Entry']>>;
  readonly limits: Limits;
  /** Name of the component; `it` if absent. */
  readonly component?: string;
}

const plain = (value: JsonValue): JsonValue => JSON.parse(JSON.stringify(value ?? null));

/**
 * One component whose tools run through clients of the real connector, without catalog, gate and audit: for tests
 * that try many arguments against a server, its twin or a wiretap. `sub` is undefined for the component as a whole.
 */
export function openToolLab<S extends ServiceTypes, C>(options: LabOptions<S, C>) {
  const { connector, connection, limits, component = 'it' } = options;
  const reach = new Map<string, S['Entry']>(Object.entries(options.subs));
  const warnings: string[] = [];
  const entryOf = (sub: string | undefined): Entry => (sub === undefined ? undefined : reach.get(sub)) ?? {};
  const endpoint = (sub: string | undefined): Endpoint<C> => ({
    component,
    ...(sub === undefined ? {} : { sub }),
    entry: entryOf(sub),
    connection,
    limits,
    warn: (message) => warnings.push(message),
  });
  const target = (sub: string | undefined): Target<S['Entry']> => ({
    name: sub === undefined ? component : `${component}/${sub}`,
    component,
    ...(sub === undefined ? {} : { sub }),
    scope: entryOf(sub),
    reach,
  });
  const context = (sub: string | undefined, call: LabCall) => ({
    target: target(sub),
    signal: call.signal ?? new AbortController().signal,
    limits: { ...limits, ...call.limits },
    principal: 'tester',
    stack: NO_STACK,
  });

  let calls = 0;
  async function inSession<R>(
    tool: string,
    sub: string | undefined,
    call: LabCall,
    work: (
      session: Omit<Parameters<WriteTool<S, z.ZodObject, z.ZodObject>['run']>[0], 'recordAfter'>,
    ) => Promise<R>,
  ): Promise<R> {
    calls += 1;
    const grant = granted({ callId: `call-${calls}`, principal: 'tester', tool, target: target(sub).name });
    const { client, close } = await connector.openWriter(endpoint(sub), grant);
    try {
      return await work({ client, ...context(sub, call), grant });
    } finally {
      await close();
    }
  }

  return {
    /** What the connector reported to the operator. */
    warnings,
    target,
    /** Runs one read tool and checks its output. */
    async read<P extends z.ZodObject, O extends z.ZodObject>(
      tool: ReadTool<S, P, O>,
      sub: string | undefined,
      args: z.input<P>,
      call: LabCall = {},
    ): Promise<z.output<O>> {
      const { client, close } = await connector.openReader(endpoint(sub));
      try {
        return tool.output.parse(await tool.run({ client, ...context(sub, call) }, tool.params.parse(args)));
      } finally {
        await close();
      }
    },
    /** Runs one write tool the pipeline's way: scope, session, capture, run. */
    async write<P extends z.ZodObject, O extends z.ZodObject>(
      tool: WriteTool<S, P, O>,
      sub: string | undefined,
      args: z.input<P>,
      call: LabCall = {},
    ): Promise<Written<z.output<O>>> {
      const params = tool.params.parse(args);
      await tool.scope(target(sub), params);
      const { effect } = tool;
      return inSession(tool.name, sub, call, async (session) => {
        let after: JsonValue = null;
        const recordAfter = async (given: JsonValue) => {
          after = plain(given);
        };
        const writing = { ...session, recordAfter };
        const before = effect.irreversible === undefined ? await effect.capture(writing, params) : null;
        await call.between?.();
        const output = tool.output.parse(await tool.run(writing, params));
        return { output, before: plain(before), after };
      });
    },
    /** Takes a write back. */
    async revert<P extends z.ZodObject, O extends z.ZodObject>(
      tool: WriteTool<S, P, O>,
      sub: string | undefined,
      args: z.input<P>,
      { before, after }: Pick<Written, 'before' | 'after'>,
    ): Promise<void> {
      const { effect } = tool;
      if (effect.irreversible !== undefined) throw new Error(`${tool.name} has no way back`);
      const change = { args: tool.params.parse(args), before, after };
      await inSession(tool.name, sub, {}, (session) =>
        effect.revert({ ...session, recordAfter: async () => {} }, change),
      );
    },
  };
}
export type ToolLab = ReturnType<typeof openToolLab>;
