import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { makeToken } from '../../src/server/auth/local-tokens.ts';
import { serveHttp } from '../../src/server/http.ts';
import { openFileStores } from '../../src/store/files/stores.ts';
import { openTokenFiles } from '../../src/store/token-files.ts';
import { type ConnectedTools, connectTools } from '../../src/triage/client/mcp-tools.ts';
import { recordThere } from '../../src/triage/client/record-there.ts';
import type { TriageDesk } from '../../src/triage/desk.ts';
import { openTriage, openTriageOn, type TriageGround } from '../../src/triage/open-triage.ts';
import { serveTriage } from '../../src/triage/serve-triage.ts';
import { type Cluster, ON } from './cluster.ts';
import { folder } from './lab.ts';

export const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A triage that works on a cluster through one transport. */
export interface Working {
  readonly desk: TriageDesk;
  readonly tools: ConnectedTools;
  /** The URL of the server, where there is one. */
  readonly url?: string;
  close(): Promise<void>;
}

type More = Pick<TriageGround, 'tell' | 'limits'>;

/** What a remote agent has of the topology is a copy. */
const remoteDesk = async (cluster: Cluster, tools: ConnectedTools, more: More): Promise<TriageDesk> =>
  openTriageOn({
    stores: openFileStores(await folder()),
    tools,
    graph: cluster.stack.stackward.catalogs.graph,
    record: recordThere(tools),
    openModel: () => Promise.reject(new Error('no model is drawn')),
    ...more,
  });

export async function inMemory(cluster: Cluster, more: More): Promise<Working> {
  const tools = await cluster.client();
  return {
    tools,
    desk: openTriage(cluster.stack.stackward, { tools, ...more }),
    close: async () => {},
  };
}

/** A server of the cluster's stack over HTTP, and a token of its triage. */
export async function served(cluster: Cluster) {
  const { stackward } = cluster.stack;
  const { token } = await makeToken(openTokenFiles(stackward.dataDir), { principal: 'triage' });
  const leave = stackward.serveTriage(async () => serveTriage(stackward, undefined));
  const serving = await serveHttp(stackward, { port: 0 });
  return {
    url: serving.url,
    token,
    async close() {
      leave();
      await serving.close();
    },
  };
}

export async function overHttp(cluster: Cluster, more: More): Promise<Working> {
  const { url, token, close } = await served(cluster);
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  const tools = await connectTools(transport, {
    principal: 'triage',
    graph: cluster.stack.stackward.catalogs.graph,
  });
  return {
    tools,
    url,
    desk: await remoteDesk(cluster, tools, more),
    async close() {
      await tools.close();
      await close();
    },
  };
}

/** A server process of its own, with data of its own. */
export async function overStdio(cluster: Cluster, more: More): Promise<Working> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [
      '--import',
      'tsx',
      MAIN,
      'serve',
      '--topology',
      cluster.stack.file,
      '--data',
      join(await folder(), 'data'),
      '--as',
      'triage',
    ],
    env: { PATH: process.env.PATH ?? '', ...ON },
    stderr: 'inherit',
  });
  const tools = await connectTools(transport, {
    principal: 'triage',
    graph: cluster.stack.stackward.catalogs.graph,
  });
  return { tools, desk: await remoteDesk(cluster, tools, more), close: () => tools.close() };
}

export const STATIONS = [
  ['in memory', inMemory],
  ['over Streamable HTTP', overHttp],
  ['over stdio', overStdio],
] as const;
