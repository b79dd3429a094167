import { resolve } from 'node:path';
import type { Client, HttpLaunch, Launch, StdioLaunch, Variable } from '../clients/client.ts';
import { ownCommand } from '../clients/own-command.ts';
import { listReferences } from '../secrets/references.ts';
import { isSafeToSend } from '../secrets/sources/transport.ts';
import { SERVICES } from '../services/index.ts';
import { buildCatalog } from '../toolset/catalog.ts';
import { DIRECTORY_LIMIT } from '../toolset/directory.ts';
import { flagsFrom } from '../toolset/flags.ts';
import { reachOf, STACK_PRINCIPAL } from '../toolset/reach.ts';
import type { Graph } from '../topology/graph.ts';
import { dataOf, type TopologyOptions, topologyOf, UsageError, type World } from './command.ts';
import { readEnvFile } from './env-file.ts';
import { readGraph } from './graph.ts';
import { mustBePrincipal } from './principal.ts';

export interface LaunchOptions extends TopologyOptions {
  readonly envFile?: string;
  readonly pass?: readonly string[];
  readonly flag?: readonly string[];
  readonly operatorApproval?: boolean;
  readonly toolsLimit?: number;
  readonly url?: string;
  readonly tokenEnv?: string;
}

/** How a client gets to Stackward, and how many tools it will list where that can be known. */
export interface Prepared {
  readonly launch: Launch;
  readonly tools?: { readonly listed: number; readonly all: number };
}

/** Reads what the options mean for this client. Throws UsageError, TopologyError or ClientError. */
export async function prepareLaunch(
  client: Client,
  command: readonly string[],
  options: LaunchOptions,
  world: World,
): Promise<Prepared> {
  if (options.url === undefined && options.tokenEnv === undefined)
    return asProcess(client, command, options, world);
  if (command.length > 0) throw new UsageError('a command does not go with --url: that server runs already');
  return { launch: overHttp(options) };
}

const STDIO_ONLY = [
  'topology',
  'data',
  'as',
  'envFile',
  'pass',
  'flag',
  'operatorApproval',
  'toolsLimit',
] as const;

function overHttp(options: LaunchOptions): HttpLaunch {
  const { url: text = '', tokenEnv } = options;
  const odd = STDIO_ONLY.find((name) => options[name] !== undefined);
  if (odd !== undefined)
    throw new UsageError(
      `--${odd.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} does not go with --url: the running server and the token decide it`,
    );
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
    throw new UsageError(
      `--url ${text} is no address of a server; accepted is one without user, query and fragment, such as http://127.0.0.1:8414/mcp`,
    );
  if (!isSafeToSend(url))
    throw new UsageError(
      `--url ${text} would carry the token in clear text; accepted is https, or http on loopback`,
    );
  if (url.pathname === '/') url.pathname = '/mcp';
  const isHere = url.protocol === 'http:';
  const name = tokenEnv ?? (isHere ? undefined : 'STACKWARD_TOKEN');
  if (name === undefined) return { kind: 'http', url: url.href };
  return {
    kind: 'http',
    url: url.href,
    token: { name: variableName(name), isSecret: true, purpose: `bearer token of ${url.host}` },
  };
}

async function asProcess(
  client: Client,
  words: readonly string[],
  options: LaunchOptions,
  world: World,
): Promise<Prepared> {
  const topology = resolve(topologyOf(options, world));
  const graph = await readGraph(topology);
  const agent = options.as ?? world.env.STACKWARD_AGENT;
  const principal = agent ?? STACK_PRINCIPAL;
  mustBePrincipal(graph, principal);
  const settings = settingsOf(options.flag ?? []);
  const needed = neededBy(graph, principal, options.pass ?? [], world);
  const fromFile = await variablesOf(options.envFile, needed, world);
  const [command = '', ...args] = words.length > 0 ? words : wordsOf(ownCommand(world.env));
  const limit = options.toolsLimit ?? lowLimitOf(client);
  const { data } = dataOf(options, world);
  const launch: StdioLaunch = {
    kind: 'stdio',
    command,
    args: [
      ...args,
      'serve',
      '--topology',
      topology,
      ...(data === undefined ? [] : ['--data', resolve(data)]),
      ...(agent === undefined ? [] : ['--as', agent]),
      ...(options.envFile === undefined ? [] : ['--env-file', resolve(options.envFile)]),
      ...(limit === undefined ? [] : ['--tools-limit', String(limit)]),
      ...(options.operatorApproval ? ['--operator-approval'] : []),
    ],
    variables: options.envFile === undefined ? needed : [],
    settings,
  };
  const catalog = buildCatalog(graph, SERVICES, flagsFrom({ ...fromFile, ...settings }), principal, limit);
  return { launch, tools: { listed: catalog.list.length, all: toolsIn(catalog) } };
}

/** A client that takes as many tools as the server lists anyway needs no word about it. */
function lowLimitOf({ limits: { tools } }: Client): number | undefined {
  return tools && tools.value < DIRECTORY_LIMIT ? tools.value : undefined;
}

const wordsOf = ({ command, args }: { command: string; args: readonly string[] }) => [command, ...args];

/** Tools without those of the directory, which stands for the others. */
const toolsIn = ({ tools }: ReturnType<typeof buildCatalog>): number =>
  [...tools.values()].filter(({ service }) => service.type !== 'directory').length;

/** The variables that the server reads for a principal's links, by name. */
function neededBy(
  graph: Graph,
  principal: string,
  pass: readonly string[],
  world: World,
): readonly Variable[] {
  const found = new Map<string, Variable>();
  const add = (one: Variable) => {
    if (!found.has(one.name)) found.set(one.name, one);
  };
  const sources = new Set<string>();
  for (const { component } of reachOf(graph, SERVICES, principal).values())
    for (const { field, kind, source } of listReferences(component.connection)) {
      for (const key of Object.keys(source)) sources.add(key);
      if ('env' in source)
        add({ name: source.env, isSecret: kind === 'secret', purpose: `${field} of ${component.name}` });
    }
  // A secret store is told by variables too. Only those that are set here are of use to the server.
  const stores = [
    sources.has('vault') ? /^VAULT_/ : undefined,
    sources.has('kubernetes_secret') ? /^KUBECONFIG$/ : undefined,
  ];
  for (const name of Object.keys(world.env))
    if (stores.some((one) => one?.test(name)))
      add({ name, isSecret: name === 'VAULT_TOKEN', purpose: 'where secrets are kept' });
  for (const name of pass) add({ name: variableName(name), isSecret: true, purpose: 'named with --pass' });
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What an environment file holds. Throws UsageError naming every variable that is missing from it. */
async function variablesOf(file: string | undefined, needed: readonly Variable[], world: World) {
  if (file === undefined) return {};
  const found = await readEnvFile(file, (message) => world.stderr.write(`warning: ${message}\n`));
  const missing = needed.filter(({ name }) => !found[name]);
  if (missing.length > 0)
    throw new UsageError(
      `--env-file ${file} lacks:\n${missing.map(({ name, purpose }) => `  ${name}: ${purpose}`).join('\n')}`,
    );
  return found;
}

function settingsOf(flags: readonly string[]): Readonly<Record<string, string>> {
  const pairs = flags.map((text) => {
    const [, name, value] = /^(MCP_[A-Z0-9_]+_WRITE_ACCESS)=(true|false)$/.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(
        `--flag ${text} is no write flag; accepted is MCP_<COMPONENT>_WRITE_ACCESS=true or =false. No other value is written into the file: name a variable with --pass`,
      );
    return [name, value];
  });
  return Object.fromEntries(pairs);
}

function variableName(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new UsageError(
      `${name} is no name of a variable; letters, digits and _ are. Its value is never written`,
    );
  return name;
}
