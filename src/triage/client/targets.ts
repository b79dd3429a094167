import type { Client } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { CALL_TOOL } from '../../toolset/directory.ts';

/** The tools that a triage asks for; the directory of a long catalog is asked about these alone. */
const USED = [
  'k8s_revisions',
  'prom_query_range',
  'loki_query_range',
  'grafana_annotations',
  'oncall_page',
  'ticket_open',
  'stack_propose_action',
] as const;

const Target = z.object({
  properties: z.object({ target: z.object({ enum: z.array(z.string()).optional() }).optional() }).optional(),
});
const Described = z.object({ targets: z.array(z.string()) });

/** Which targets each tool takes, as a server listed them. */
export interface ToolTargets {
  /** The catalog is too long to be listed, so that calls go through the directory. */
  readonly isDirectory: boolean;
  of(tool: string): readonly string[];
}

/**
 * Lists a server's tools. Where a tool has so many targets that the list does not name them, they are among `linked`;
 * the server says at the call which of these it takes.
 */
export async function readTargets(client: Client, linked: readonly string[]): Promise<ToolTargets> {
  const { tools } = await client.listTools(undefined, { cacheMode: 'refresh' });
  const isDirectory = tools.some(({ name }) => name === CALL_TOOL);
  const listed = isDirectory
    ? await Promise.all(USED.map(async (name) => [name, await describe(client, name)] as const))
    : tools.map(({ name, inputSchema }) => [name, targetsIn(inputSchema, linked)] as const);
  const found = new Map(listed);
  return { isDirectory, of: (tool) => found.get(tool) ?? [] };
}

function targetsIn(schema: unknown, linked: readonly string[]): readonly string[] {
  const target = Target.safeParse(schema).data?.properties?.target;
  if (!target) return [];
  return target.enum ?? linked;
}

async function describe(client: Client, name: string): Promise<readonly string[]> {
  const { structuredContent } = await client.callTool({ name: 'describe_tool', arguments: { name } });
  return Described.safeParse(structuredContent).data?.targets ?? [];
}
