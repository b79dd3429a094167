import { type Command, InvalidArgumentError } from 'commander';
import type { TopologyOptions, World } from './command.ts';

/** What a command hands back: its exit code. */
export type Run = () => Promise<number>;

/** What declaring a group of commands needs of the program. */
export interface Parts {
  onTopology(command: Command): Command;
  withJson(command: Command): Command;
  choose(run: Run): void;
  readonly world: World;
}

/** `stackward audit ...` */
export function addAudit(program: Command, { onTopology, withJson, choose, world }: Parts): void {
  const audit = program.command('audit').description('look at the audit log');
  const filters = (command: Command) =>
    command
      .option('--principal <name>', 'calls of this principal')
      .option('--tool <name>', 'calls of this tool')
      .option('--target <name>', 'calls on this target')
      .option('--outcome <outcome>', 'ok, error, denied, cancelled, outcome_unknown or open')
      .option('--rule <name>', 'calls that this rule of the gate refused')
      .option('--call <id>', 'one call')
      .option('--since <time>', 'from this time on (ISO 8601)')
      .option('--until <time>', 'up to this time (ISO 8601)')
      .option('--text <words>', 'records that hold these words');
  const run = (name: 'tail' | 'query' | 'verify' | 'exportAudit') => (options: TopologyOptions) =>
    choose(async () => (await import('./audit.ts'))[name](options, world));

  withJson(onTopology(audit.command('tail')))
    .description('show the last calls')
    .option('-n, --lines <number>', 'how many', toCount, 20)
    .option('-f, --follow', 'keep showing new ones')
    .action(run('tail'));
  withJson(filters(onTopology(audit.command('query'))))
    .description('show the calls that fit')
    .option('--limit <number>', 'how many at most', toCount, 100)
    .action(run('query'));
  withJson(onTopology(audit.command('verify')))
    .description('check the hash chain, the signatures and that every call has exactly one end')
    .option('--public-key <file>', 'trust this key alone (PEM), kept elsewhere than the data directory')
    .option('--checkpoint <file>', 'a copy of a checkpoint over all chains that has to fit, kept elsewhere')
    .action(run('verify'));
  filters(onTopology(audit.command('export')))
    .description('write records out')
    .option('--format <format>', 'jsonl, json or csv', 'jsonl')
    .option('-o, --output <file>', 'file to write (default: standard output)')
    .action(run('exportAudit'));
}

/** `stackward keys ...` and `migrate`: what replicas on one database need before they start. */
export function addReplicas(program: Command, { withJson, choose, world }: Parts): void {
  const keys = program.command('keys').description('make the keys that replicas share');
  const load = () => import('./replicas.ts');
  withJson(keys.command('create'))
    .description('make a folder with every key, once for all replicas; name it in STACKWARD_KEYS')
    .argument('<dir>', 'a new folder, to be kept as passwords are')
    .action((dir: string, options) => choose(async () => (await load()).createKeysIn(dir, options, world)));
  withJson(program.command('migrate'))
    .description('bring the schema of the shared database up to this release')
    .option('--database-schema <name>', 'schema of the shared database (default: stackward)')
    .action((options) => choose(async () => (await load()).migrateDatabase(options, world)));
}

/** `stackward topology ...`: the edits that replicas share. */
export function addTopology(program: Command, { onTopology, withJson, choose, world }: Parts): void {
  const topology = program
    .command('topology')
    .description('look at the topology that replicas share, or edit it');
  const load = () => import('./topology.ts');
  withJson(onTopology(topology.command('list')))
    .description('list its edits, newest first; the first of them is in force')
    .option('--limit <number>', 'how many at most', toCount, 20)
    .action((options) => choose(async () => (await load()).list(options, world)));
  withJson(onTopology(topology.command('show')))
    .description('print an edit as it was written')
    .argument('[edit]', 'its number (default: the one in force)', toCount)
    .action((edit: number | undefined, options) =>
      choose(async () => (await load()).show(edit, options, world)),
    );
  withJson(onTopology(topology.command('apply')))
    .description('put the topology file in force for every replica, whatever was in force before')
    .action((options) => choose(async () => (await load()).apply(options, world)));
}

/** `stackward versions ...`, `snapshot` and `drift`. */
export function addVersions(program: Command, { onTopology, withJson, choose, world }: Parts): void {
  const versions = program.command('versions').description('look at the versions of the stack');
  const load = () => import('./versions.ts');
  withJson(onTopology(versions.command('list')))
    .description('list versions, newest first')
    .option('--limit <number>', 'how many at most', toCount, 50)
    .action((options) => choose(async () => (await load()).list(options, world)));
  withJson(onTopology(versions.command('show')))
    .description('show one version: what made it, its arguments and images, masked')
    .argument('<version>')
    .option('--show-topology', 'print its topology file instead')
    .action((version: string, options) => choose(async () => (await load()).show(version, options, world)));
  withJson(onTopology(versions.command('diff')))
    .description('show what differs between two versions, or between one and the stack as it is')
    .argument('<from>')
    .argument('[to]')
    .action((from: string, to: string | undefined, options) =>
      choose(async () => (await load()).diff(from, to, options, world)),
    );
  withJson(onTopology(versions.command('verify')))
    .description('check every version and object against its hash, and name what is damaged')
    .action((options) => choose(async () => (await load()).verify(options, world)));
  withJson(onTopology(versions.command('repair')))
    .description(
      'set versions aside whose record is damaged, so that writes are taken again; deletes nothing',
    )
    .option('--dry-run', 'say what would be set aside, and do nothing')
    .option('--yes', 'do not ask')
    .action((options) => choose(async () => (await load()).repair(options, world)));
  withJson(onTopology(versions.command('keep')))
    .description('keep a version whatever is pruned; without one, list those that are kept')
    .argument('[version]')
    .option('--reason <text>', 'why', 'kept by hand')
    .option('--release', 'let it go again')
    .action((version: string | undefined, options) =>
      choose(async () => (await load()).keep(version, options, world)),
    );
  withJson(onTopology(versions.command('prune')))
    .description('remove versions before one, as far as no version that is kept needs them')
    .requiredOption('--before <version>', 'the first version that may stay', toCount)
    .option('--dry-run', 'only say what would go')
    .action((options) => choose(async () => (await load()).pruneVersions(options, world)));
  onTopology(versions.command('export'))
    .description('write the whole store out as JSON Lines; images are in it unmasked')
    .option('-o, --output <file>', 'file to make (default: standard output)')
    .action((options) => choose(async () => (await load()).exportStore(options, world)));
  withJson(onTopology(versions.command('import')))
    .description('take an export into a data directory that has no versions yet')
    .argument('<file>')
    .action((file: string, options) => choose(async () => (await load()).importStore(file, options, world)));
  withJson(onTopology(program.command('snapshot')))
    .description('capture every linked component as a new version')
    .option('--note <text>', 'what it is for')
    .action((options) => choose(async () => (await load()).snapshot(options, world)));
  withJson(onTopology(program.command('drift')))
    .description(
      'show what changed outside Stackward since the latest version; exit code 1 when something did',
    )
    .action((options) => choose(async () => (await load()).drift(options, world)));
}

/** `stackward token ...` */
export function addToken(program: Command, { onTopology, withJson, choose, world }: Parts): void {
  const token = program.command('token').description('bearer tokens for HTTP; only their hashes are stored');
  withJson(onTopology(token.command('create')))
    .description('make a token and show it once')
    .argument(
      '[principal]',
      'an agent of the topology, or stack for the stack’s own client; with --replaces it is that token’s',
    )
    .option('--days <number>', 'valid for so many days', toCount, 90)
    .option('--replaces <id>', 'take the place of a token, which still works for the overlap')
    .option(
      '--overlap <duration>',
      'with --replaces: 90s, 30m, 1h, 2d; 0s ends it at once (default: 1h)',
      toDuration,
    )
    .action((principal: string | undefined, options) =>
      choose(async () => (await import('./token.ts')).create(principal, options, world)),
    );
  withJson(onTopology(token.command('list')))
    .description('list tokens, without their values, and when each was last used')
    .action((options) => choose(async () => (await import('./token.ts')).list(options, world)));
  withJson(onTopology(token.command('revoke')))
    .description('revoke a token at once')
    .argument('<id>', 'as listed')
    .action((id: string, options) =>
      choose(async () => (await import('./token.ts')).revoke(id, options, world)),
    );
}

/** `stackward install` and `uninstall`. */
export function addClients(program: Command, { onTopology, withJson, choose, world }: Parts): void {
  const inFile = (command: Command) =>
    withJson(command)
      .argument('<client>', 'claude-desktop, claude-code, cursor, vscode or windsurf')
      .option('--name <name>', 'name of the server in the client', 'stackward')
      .option('--scope <scope>', 'user or project; each client has its own default')
      .option('--project <dir>', 'folder of the project (default: the one here)')
      .option('--file <file>', 'the client’s file, where it lies elsewhere than usual')
      .option('--dry-run', 'only say what would change');
  inFile(onTopology(program.command('install')))
    .description('put Stackward into an MCP client’s file, keeping all else that is in it')
    .argument('[command...]', 'after --: what starts Stackward (default: this Node and this build)')
    .option('--as <agent>', 'serve as this agent of the topology (default: the stack’s own client)')
    .option('--env-file <file>', 'have the server read its variables from this file of NAME=value lines')
    .option('--pass <name...>', 'name further variables of the environment that the server needs')
    .option('--flag <name=value...>', 'set a write flag: MCP_ORDERS_DB_WRITE_ACCESS=true')
    .option('--operator-approval', 'take approvals from stackward approve alone, never through the client')
    .option('--tools-limit <number>', 'as of serve (default: what the client takes)', toCount)
    .option('--url <url>', 'connect to a server that runs already, instead of starting one')
    .option('--token-env <name>', 'with --url: variable of the bearer token (off loopback: STACKWARD_TOKEN)')
    .option('--replace', 'take the place of a server of that name that is not Stackward')
    .option('--print', 'print what the file would hold of it, and touch nothing')
    .option('--link', 'print a link that installs it with one click (cursor, vscode), and touch nothing')
    .action((client: string, command: string[], options) =>
      choose(async () => (await import('./install.ts')).install(client, command, options, world)),
    );
  inFile(program.command('uninstall'))
    .description('take Stackward out of an MCP client’s file again')
    .action((client: string, options) =>
      choose(async () => (await import('./install.ts')).uninstall(client, options, world)),
    );
}

/** `stackward rbac` and `network-policy`: what a deployment needs, made from the topology. */
export function addDeployment(program: Command, { onTopology, withJson, choose, world }: Parts): void {
  const load = () => import('./deploy.ts');
  withJson(onTopology(program.command('rbac')))
    .description('print the Roles that the links need in each Kubernetes cluster, writes as the flags say')
    .option('--cluster <component>', 'only this cluster')
    .option(
      '--subject <subject>',
      'serviceaccount:NAMESPACE/NAME, user:NAME or group:NAME',
      'serviceaccount:stackward/stackward',
    )
    .option('--name <name>', 'name of each Role and RoleBinding', 'stackward')
    .action((options) => choose(async () => (await load()).rbac(options, world)));
  withJson(onTopology(program.command('network-policy')))
    .description('print the NetworkPolicy that lets Stackward reach what its links reach, and nothing else')
    .option('--namespace <name>', 'namespace that Stackward runs in', 'stackward')
    .option('--name <name>', 'name of the policy', 'stackward')
    .option('--port <port>', 'port that Stackward serves', toPort, 8080)
    .option('--from <namespace...>', 'namespaces whose pods may call (default: its own)')
    .option(
      '--address <component=host:port...>',
      'where a component is, in place of what the topology says; a network as CIDR',
    )
    .option(
      '--also <host:port...>',
      'what Stackward itself talks to: its database, an issuer, a trace collector',
    )
    .action((options) => choose(async () => (await load()).writeNetworkPolicy(options, world)));
}

/** A whole number above 0. Throws InvalidArgumentError. */
export function toCount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('expected a whole number above 0');
  return Number(text);
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `30m`, `1h`, `2d` in milliseconds, at most a year. Throws InvalidArgumentError. */
export function toDuration(text: string): number {
  const [, count, unit] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit as keyof typeof UNITS] ?? Number.NaN);
  if (!(ms <= 366 * UNITS.d))
    throw new InvalidArgumentError('expected 90s, 30m, 1h or 2d, and no more than a year');
  return ms;
}

/** A port from 0 to 65535. Throws InvalidArgumentError. */
export function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('expected a port from 0 to 65535');
  return port;
}
