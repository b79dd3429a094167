import { readFile } from 'node:fs/promises';
import { StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { z } from 'zod';
import { ToolError } from '../toolset/errors.ts';
import { sendsInClear } from '../toolset/http/headers.ts';
import type { Tools } from '../triage/tools.ts';
import { dataOf, topologyOf, UsageError, type World } from './command.ts';
import type { TriageOptions } from './triage.ts';

/** The way to a server that is not this process: the one at `--url`, or one that `--stdio` starts. Throws UsageError. */
export async function transportTo(
  options: TriageOptions,
  principal: string,
  world: World,
): Promise<Transport> {
  if (options.url === undefined) return startedServer(options, principal, world);
  const url = mcpUrl(options.url);
  if (options.tokenFile !== undefined && sendsInClear(url.href))
    throw new UsageError('--url: a token is sent over https, or to this machine alone');
  const token = options.tokenFile === undefined ? undefined : await readToken(options.tokenFile);
  return new StreamableHTTPClientTransport(url, {
    requestInit: {
      // A redirect could carry the token elsewhere.
      redirect: 'error',
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    },
  });
}

/** The endpoint of a server; its address alone stands for `/mcp` there. */
function mcpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new UsageError('--url is the address of a server, such as https://stackward.example:8080');
  if (url.pathname === '/') url.pathname = '/mcp';
  return url;
}

async function readToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`--token-file: ${file} cannot be read`);
  });
  const token = text.trim();
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(token))
    throw new UsageError(`--token-file: ${file} holds no token of stackward token create`);
  return token;
}

/** A server of the same topology and data, which ends with the connection. */
function startedServer(options: TriageOptions, principal: string, world: World): Transport {
  const script = process.argv[1];
  if (script === undefined) throw new UsageError('--stdio: it is not known how this process was started');
  const { data } = dataOf(options, world);
  const args = [
    ...process.execArgv,
    script,
    'serve',
    '--topology',
    topologyOf(options, world),
    ...(data === undefined ? [] : ['--data', data]),
    '--as',
    principal,
  ];
  const env = Object.fromEntries(
    Object.entries(world.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return new StdioClientTransport({ command: process.execPath, args, env, stderr: 'inherit' });
}

const Explained = z.object({ principal: z.string() });

/** Throws UsageError where the server takes us for somebody else: whose links count is for it to say. */
export async function mustBe(tools: Tools, principal: string): Promise<void> {
  const { signal } = new AbortController();
  const answer = await tools
    .call('stack_explain_access', { component: principal }, signal)
    .catch((error: unknown) => {
      const why = error instanceof ToolError ? error.detail : 'it did not answer';
      throw new UsageError(`the server cannot be worked with as ${principal}: ${why}`);
    });
  const { principal: vouched } = Explained.parse(answer.output);
  if (vouched !== principal)
    throw new UsageError(
      `the server takes this client for '${vouched}', and a triage works as ${principal}; use a token of ${principal}`,
    );
}
