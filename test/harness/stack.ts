import type { CallToolResult } from '@modelcontextprotocol/server';

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
  close(): Promise<void>;
}

export interface TestStackOptions {
  /** Text of the topology file. */
  readonly topology: string;
  /** Environment of the process: flags and credentials. Nothing is taken from the real one. */
  readonly env?: Record<string, string>;
}

/** Opens one. Throws, naming the place, when the topology has an error. */
export async function openStack(_options: TestStackOptions): Promise<TestStack> {
  throw new Error('not wired yet');
}
