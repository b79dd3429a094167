import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { assemble } from '../../src/assemble.ts';
import type { Meter } from '../../src/call/meter.ts';
import { resultOf } from '../../src/server/call-result.ts';
import type { Stackward } from '../../src/stackward.ts';
import type { ServiceDefinition } from '../../src/toolset/define.ts';
import { STACK_PRINCIPAL } from '../../src/toolset/reach.ts';
import { servicesAtHand } from '../../src/toolset/service-source.ts';

/** A whole Stackward in this process, for tests: the real catalog, gate, pipeline and audit on a temporary folder. */
export interface TestStack {
  /** Calls a tool through the whole pipeline. `as` names an agent of the topology; absent means the stack's own client. */
  call(
    tool: string,
    args?: Record<string, unknown>,
    options?: { as?: string; signal?: AbortSignal },
  ): Promise<CallToolResult>;
  /** Names of the tools that a principal sees. */
  tools(as?: string): string[];
  readonly dataDir: string;
  /** Path of the topology file. */
  readonly file: string;
  readonly stackward: Stackward;
  /** What was reported to the operator, one line each. */
  readonly reports: readonly string[];
  close(): Promise<void>;
}

export interface TestStackOptions {
  /** Text of the topology file. */
  readonly topology: string;
  /** Environment of the process: flags and credentials. Nothing is taken from the real one. */
  readonly env?: Record<string, string>;
  /** Every service of the product unless given. */
  readonly services?: ReadonlyMap<string, ServiceDefinition>;
  /** Follow edits of the topology file. */
  readonly watch?: boolean;
  readonly meter?: Meter;
  /** Only an operator approves, whatever the client can do. */
  readonly operatorApproval?: boolean;
  /** Prepares the data directory before it is opened. */
  readonly prepare?: (dataDir: string) => Promise<void>;
}

/** Opens one. Throws, naming the place, when the topology has an error. */
export async function openStack(options: TestStackOptions): Promise<TestStack> {
  const folder = await mkdtemp(join(tmpdir(), 'stackward-'));
  const file = join(folder, 'topology.yaml');
  await writeFile(file, options.topology);
  await options.prepare?.(join(folder, 'data'));
  const reports: string[] = [];
  const stackward = await assemble({
    topology: file,
    data: join(folder, 'data'),
    env: options.env ?? {},
    services: servicesAtHand(options.services ?? (await import('../../src/services/index.ts')).SERVICES),
    watch: options.watch ?? false,
    ...(options.meter ? { meter: options.meter } : {}),
    operatorApproval: options.operatorApproval ?? false,
    report: (level, message) => reports.push(`${level}: ${message}`),
  }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  let calls = 0;
  return {
    file,
    reports,
    stackward,
    dataDir: stackward.dataDir,
    async call(toolName, args = {}, { as, signal = new AbortController().signal } = {}) {
      calls += 1;
      return resultOf(await stackward.call({ principal: as, id: calls, toolName, args, signal }));
    },
    tools: (as = STACK_PRINCIPAL) => stackward.catalogs.of(as).list.map(({ name }) => name),
    async close() {
      await stackward.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
