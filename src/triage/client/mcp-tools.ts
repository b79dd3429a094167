import { Client, type Transport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { Held } from '../../store/leases.ts';
import { CALL_TOOL } from '../../toolset/directory.ts';
import { ERRORS, type ErrorCode, ToolError } from '../../toolset/errors.ts';
import type { Graph } from '../../topology/graph.ts';
import { VERSION } from '../../version.ts';
import { RefusedCall } from '../refused-call.ts';
import type { ToolAnswer, Tools } from '../tools.ts';
import { readTargets } from './targets.ts';

/** Each stage has a bound of its own; this one only keeps the client's shorter one away. Milliseconds. */
const LONGEST_MS = 600_000;

const Code = z.custom<ErrorCode>((value) => typeof value === 'string' && Object.hasOwn(ERRORS, value));
/** What a Stackward says of a call besides its result. */
const Meta = z.object({
  'stackward.dev/call': z
    .object({ seq: z.number().int().optional(), outcome: z.string() })
    .optional()
    .catch(undefined),
  'stackward.dev/error': z.object({ code: Code }).optional().catch(undefined),
});
const Output = z.record(z.string(), z.unknown());

/** Tools behind an MCP connection, and how to let go of it. */
export interface ConnectedTools extends Tools {
  close(): Promise<void>;
}

/**
 * The tools of a principal as an MCP client sees them: over stdio, Streamable HTTP or in memory, whatever the transport.
 * The server vouches for the principal; its name here only says whose links `graph` is read for.
 * Throws ToolError when nothing answers.
 */
export async function connectTools(
  transport: Transport,
  {
    principal,
    graph,
    under = (_held, work) => work({}),
  }: {
    readonly principal: string;
    graph(): Graph;
    /** Makes a call that the server holds to what is held, where the server can; the call is made with this `_meta`. */
    under?<T>(held: Held, work: (meta: Readonly<Record<string, string>>) => Promise<T>): Promise<T>;
  },
): Promise<ConnectedTools> {
  const client = new Client(
    { name: 'stackward-triage', version: VERSION },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(transport).catch((error: unknown) => {
    throw failureOf(error, 'the server did not answer as an MCP server does');
  });
  let targets = await readTargets(client, linkedNames(graph(), principal));
  return {
    principal,
    targetsOf: (tool) => targets.of(tool),
    async refresh() {
      targets = await readTargets(client, linkedNames(graph(), principal)).catch((error: unknown) => {
        throw failureOf(error, 'the server’s tools could not be listed');
      });
    },
    async call(tool, args, signal, held) {
      const params = targets.isDirectory
        ? { name: CALL_TOOL, arguments: { name: tool, arguments: { ...args } } }
        : { name: tool, arguments: { ...args } };
      const ask = (_meta: Readonly<Record<string, string>>) =>
        client.callTool({ ...params, _meta }, { signal, timeout: LONGEST_MS });
      const result = await (held ? under(held, ask) : ask({})).catch((error: unknown) => {
        throw failureOf(error, `the answer to ${tool} did not come`);
      });
      return answerOf(result);
    },
    close: () => client.close(),
  };
}

/** A result of the SDK, as far as it is read here. */
interface Result {
  readonly content?: readonly { readonly type: string; readonly text?: unknown }[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
  readonly _meta?: unknown;
}

function answerOf({ content = [], structuredContent, isError, _meta }: Result): ToolAnswer {
  const meta = Meta.safeParse(_meta ?? {}).data ?? {};
  const call = meta['stackward.dev/call'];
  const error = meta['stackward.dev/error'];
  const place = call?.seq === undefined ? {} : { seq: call.seq };
  if (error) throw new RefusedCall(error.code, detailOf(content), call?.seq);
  // A write whose result was too large to show was done all the same.
  if (isError && call?.outcome !== 'ok') throw new ToolError('internal', 'the tool gave no answer');
  return { output: Output.safeParse(structuredContent).data ?? {}, ...place };
}

/** What an error says, without the sentences that every error of its code has. */
function detailOf(content: NonNullable<Result['content']>): string {
  const text = content.map((block) => (typeof block.text === 'string' ? block.text : '')).join('\n');
  const lines = text.split('\n').slice(1);
  const end = lines.findLastIndex((line) => line.startsWith('Who can mend it:'));
  return (end < 0 ? lines : lines.slice(0, end)).join('\n');
}

/**
 * Whatever the SDK throws: the answer is not there, and what was asked may have been done. Its own words may hold a
 * server's, so none of them is shown.
 */
const failureOf = (cause: unknown, detail: string): ToolError =>
  cause instanceof ToolError ? cause : new ToolError('unreachable', detail, { cause });

/** What the links of a principal reach, for tools whose targets are too many to be listed. */
const linkedNames = ({ links, components }: Graph, principal: string): readonly string[] =>
  links
    .filter(({ from, crossesStack }) => from === principal && !crossesStack)
    .flatMap(({ to, subs }) => [to, ...[...subs.keys()].map((sub) => `${to}/${sub}`)])
    .filter((name) => !components.get(name)?.isExternal);
