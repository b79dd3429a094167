import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { CLIENTS } from '../clients/all.ts';
import type { Client, Machine, Scope } from '../clients/client.ts';
import { writtenFor } from '../clients/entry.ts';
import { type Place, type PlannedChange, planPut, planTake, wholeFile } from '../clients/file-change.ts';
import { longestFitting } from '../clients/limits.ts';
import { installLink } from '../clients/links.ts';
import { SERVICES } from '../services/index.ts';
import { type LaunchOptions, type Prepared, prepareLaunch } from './client-launch.ts';
import { EXIT, UsageError, type World, writeJson, writeLine } from './command.ts';
import { bold, dim, green } from './print.ts';

interface ClientOptions {
  readonly name: string;
  readonly scope?: string;
  readonly project?: string;
  readonly file?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export interface InstallOptions extends ClientOptions, LaunchOptions {
  readonly replace?: boolean;
  readonly print?: boolean;
  readonly link?: boolean;
}

/** `stackward install`: puts Stackward into a client's file, or shows what that would be. */
export async function install(
  id: string,
  command: readonly string[],
  options: InstallOptions,
  world: World,
): Promise<number> {
  const client = clientOf(id);
  const scope = scopeOf(client, options);
  const name = nameOf(client, options.name);
  const prepared = await prepareLaunch(client, command, options, world);
  const written = writtenFor(client, scope, name, prepared.launch);
  if (options.link) return show(installLink(client, name, written).link, world);
  if (options.print) return show(wholeFile(client, name, written).trimEnd(), world);
  const planned = await planPut(
    client,
    placeOf(client, scope, options, world),
    name,
    written,
    options.replace === true,
  );
  return carryOut(planned, { client, scope, name, options, world, prepared });
}

/** `stackward uninstall`: takes it out again. */
export async function uninstall(id: string, options: ClientOptions, world: World): Promise<number> {
  const client = clientOf(id);
  const scope = scopeOf(client, options);
  const planned = await planTake(client, placeOf(client, scope, options, world), options.name);
  return carryOut(planned, { client, scope, name: options.name, options, world });
}

function show(text: string, world: World): number {
  writeLine(world.stdout, text);
  return EXIT.ok;
}

interface Context {
  readonly client: Client;
  readonly scope: Scope;
  readonly name: string;
  readonly options: ClientOptions;
  readonly world: World;
  readonly prepared?: Prepared;
}

/** Makes a planned change unless it is only to be shown, and says what it was. */
async function carryOut(planned: PlannedChange, context: Context): Promise<number> {
  const { client, scope, name, options, world, prepared } = context;
  const { file, change } = planned;
  const backup = options.dryRun ? undefined : await planned.make();
  if (options.json)
    writeJson(world.stdout, {
      client: client.id,
      scope,
      name,
      file: file.path,
      ...(file.target === file.path ? {} : { target: file.target }),
      change: change.kind,
      dry_run: options.dryRun === true,
      others: change.others,
      ...(backup === undefined ? {} : { backup }),
      ...(prepared ? { launch: prepared.launch, ...(prepared.tools ? { tools: prepared.tools } : {}) } : {}),
    });
  else tell(planned, backup, context);
  return EXIT.ok;
}

/** What is said of each change, as done and as it would be. */
const WORDS: Readonly<Record<PlannedChange['change']['kind'], readonly [done: string, would: string]>> = {
  added: ['added', 'would be added'],
  changed: ['changed', 'would be changed'],
  unchanged: ['is there already', 'is there already'],
  removed: ['taken out', 'would be taken out'],
  absent: ['is not there', 'is not there'],
};

function tell(
  { file, change }: PlannedChange,
  backup: string | undefined,
  { client, scope, name, options, world, prepared }: Context,
): void {
  const say = (line: string) => writeLine(world.stdout, line);
  const leads = file.target === file.path ? '' : dim(` -> ${file.target}`);
  say(`${bold(client.title)}, ${scope} file ${file.path}${leads}`);
  say(`  ${green(name)} ${WORDS[change.kind][options.dryRun ? 1 : 0]}`);
  if (prepared) for (const line of linesOf(prepared, client)) say(`  ${line}`);
  if (change.others.length > 0) say(`  stays: ${change.others.join(', ')}`);
  if (backup !== undefined) say(`  former content: ${backup}`);
  if (prepared && !options.dryRun) say(`Next: ${client.next}.`);
}

function linesOf({ launch, tools }: Prepared, client: Client): readonly string[] {
  const variables = launch.kind === 'stdio' ? launch.variables : launch.token ? [launch.token] : [];
  const from = client.input ? 'asked once and kept by' : 'from the environment of';
  return [
    launch.kind === 'http' ? launch.url : [launch.command, ...launch.args].join(' '),
    ...variables.map(({ name, purpose }) => `${name}, ${from} ${client.title}: ${purpose}`),
    ...(launch.kind === 'stdio'
      ? Object.entries(launch.settings).map(([name, value]) => `${name}=${value}`)
      : []),
    ...(tools ? [toolsLine(tools, client)] : []),
  ];
}

function toolsLine({ listed, all }: NonNullable<Prepared['tools']>, { title, limits }: Client): string {
  if (listed < all)
    return `${all} tools, listed as a directory of ${listed}: ${title} takes ${limits.tools?.value ?? 'fewer'}`;
  return `${listed} tools`;
}

function clientOf(id: string): Client {
  const client = Object.values(CLIENTS).find((one) => one.id === id);
  if (!client)
    throw new UsageError(`'${id}' is no client that is known; these are: ${Object.keys(CLIENTS).join(', ')}`);
  return client;
}

function scopeOf(client: Client, { scope = client.defaultScope }: ClientOptions): Scope {
  const known = Object.keys(client.files);
  if ((scope === 'user' || scope === 'project') && client.files[scope]) return scope;
  throw new UsageError(`${client.title} has no ${scope} file; --scope may be: ${known.join(', ')}`);
}

/** A name that clients take before the name of a tool, and that leaves room for the longest one. */
function nameOf(client: Client, name: string): string {
  const longest = [...SERVICES.values()]
    .flatMap(({ tools }) => tools.map((tool) => tool.name))
    .reduce((a, b) => (b.length > a.length ? b : a));
  if (!/^[a-zA-Z][a-zA-Z0-9_-]*$/.test(name))
    throw new UsageError(`--name ${name}: accepted are letters, digits, _ and -, beginning with a letter`);
  if (client.id === 'claude-code' && name === 'workspace')
    throw new UsageError('--name workspace: Claude Code keeps this name for itself');
  const most = longestFitting(client.limits, longest);
  if (name.length > most)
    throw new UsageError(
      `--name ${name} is too long: with ${longest} ${client.title} takes at most ${most} characters`,
    );
  return name;
}

function placeOf(client: Client, scope: Scope, options: ClientOptions, world: World): Place {
  const project = resolve(options.project ?? '.');
  if (options.file !== undefined) return { path: resolve(options.file) };
  const path = client.files[scope]?.(machineOf(project, world)) ?? '';
  return scope === 'project' ? { path, within: project } : { path };
}

const machineOf = (project: string, { env }: World): Machine => ({
  platform: process.platform,
  env,
  home: (process.platform === 'win32' ? env.USERPROFILE : env.HOME) || homedir(),
  project,
  entries: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
  exists: existsSync,
});
