import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { EXIT, UsageError, type World, writeLine } from './command.ts';
import {
  addAudit,
  addClients,
  addDeployment,
  addReplicas,
  addToken,
  addTopology,
  addVersions,
  type Run,
  toCount,
  toPort,
} from './groups.ts';
import { environmentHelp } from './settings.ts';

const EPILOGUE = `
Exit codes: 0 done · 1 failed · 2 wrong usage or topology · 3 denied · 4 waits for a human's approval
Environment: STACKWARD_TOPOLOGY, STACKWARD_DATA, STACKWARD_AGENT stand for --topology, --data, --as;
STACKWARD_OPERATOR_APPROVAL=true, STACKWARD_ENV_FILE for serve --operator-approval, --env-file;
STACKWARD_STATELESS=true, STACKWARD_OIDC_ISSUER, _AUDIENCE, _SCOPE, _JWKS for serve --stateless, --oidc-issuer ...;
STACKWARD_DATABASE_URL or STACKWARD_DATABASE_URL_FILE, STACKWARD_DATABASE_SCHEMA and STACKWARD_KEYS for replicas;
STACKWARD_AUDIT_COPIES, STACKWARD_AUDIT_COPIES_URL and STACKWARD_AUDIT_LOKI_URL ... for the audit elsewhere, see serve --help;
MCP_<COMPONENT>_WRITE_ACCESS=true and MCP_<COMPONENT>__<SUB>_WRITE_ACCESS=true open writes.`;

/** Errors of the layers below that tell what was wrong with the input. */
const USAGE: ReadonlySet<string> = new Set(['TopologyError', 'ClientError']);

/**
 * Parses the command line and runs one command; each is loaded only when it is called.
 * @returns the exit code; never throws
 */
export async function runCli(argv: readonly string[], given: World): Promise<number> {
  const world = { ...given, env: withoutEmptyOwn(given.env) };
  let run: Run | undefined;
  const program = buildProgram(world, (chosen) => {
    run = chosen;
  });
  try {
    program.parse(argv, { from: 'user' });
    return run ? await run() : EXIT.usage;
  } catch (error) {
    return explain(error, world);
  }
}

/** Whoever fills in a form for each of our variables leaves some empty: an empty one says nothing. */
const withoutEmptyOwn = (env: World['env']): World['env'] =>
  Object.fromEntries(
    Object.entries(env).filter(([name, value]) => !(name.startsWith('STACKWARD_') && value === '')),
  );

function explain(error: unknown, world: World): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const isUsage = error instanceof UsageError || (error instanceof Error && USAGE.has(error.name));
  const message = error instanceof Error ? error.message : String(error);
  writeLine(world.stderr, isUsage ? message : `stackward: ${message}`);
  return isUsage ? EXIT.usage : EXIT.failed;
}

function buildProgram(world: World, choose: (run: Run) => void): Command {
  const program = new Command('stackward')
    .description('Lets AI operate a stack only along the links that people drew.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
    })
    .showSuggestionAfterError()
    .addHelpText('after', EPILOGUE);

  const onTopology = (command: Command) =>
    command
      .option('-t, --topology <file>', 'topology file (default: topology.yaml)')
      .option('-d, --data <dir>', 'data directory (default: .stackward beside the topology)')
      .option('--database-schema <name>', 'schema of the shared database (default: stackward)');
  const asPrincipal = (command: Command) =>
    command.option('--as <agent>', 'act as this agent of the topology (default: the stack’s own client)');
  const withJson = (command: Command) => command.option('--json', 'print JSON');

  asPrincipal(onTopology(program.command('serve')))
    .description('serve the tools over stdio, or over HTTP with --http')
    .option('--http <[host:]port>', 'serve Streamable HTTP instead of stdio')
    .option('--allow-host <name...>', 'further Host names to accept over HTTP')
    .option('--allow-origin <name...>', 'further Origin names to accept over HTTP')
    .option(
      '--stateless',
      'serve protocol revision 2025-11-25 without sessions, so that any replica takes any request',
    )
    .option('--oidc-issuer <url>', 'over HTTP also take access tokens (JWT) of this OIDC issuer')
    .option(
      '--oidc-audience <url>',
      'with --oidc-issuer: this server’s own URL as clients name it, ending in /mcp',
    )
    .option('--oidc-scope <scope>', 'with --oidc-issuer: the scope that every token has to have')
    .option('--oidc-jwks <url>', 'with --oidc-issuer: where its keys are, instead of asking its discovery')
    .option('--operator-approval', 'take approvals from stackward approve alone, never through the client')
    .option('--local-operator', 'whoever opens the console on loopback without a token may decide there too')
    .option('--no-watch', 'do not follow edits of the topology file')
    .option('--no-migrate', 'do not bring the database up to this release; refuse one that is behind')
    .option('--env-file <file>', 'read NAME=value lines of this file; what the environment has wins')
    .option('--tools-limit <number>', 'above so many tools list a directory of three instead', toCount, 128)
    .option('--log-level <level>', 'debug, info, warn, error or silent', 'warn')
    .addHelpText('after', environmentHelp('serve'))
    .action((options) => choose(async () => (await import('./serve.ts')).serve(options, world)));

  withJson(onTopology(program.command('check')))
    .description('check a topology file, its flags and references, and advise the rights that accounts need')
    .option('--connect', 'also connect to every linked component and report what its account may do')
    .action((options) => choose(async () => (await import('./check.ts')).check(options, world)));

  withJson(asPrincipal(onTopology(program.command('tools'))))
    .description('show each tool with the link and the flag that made it')
    .option('--absent', 'also show operations that are absent, and why')
    .option('--diff <other>', 'show what another topology file would add or take away')
    .option('--every', 'show every tool of every service type, whatever the topology')
    .action((options) => choose(async () => (await import('./tools.ts')).tools(options, world)));

  withJson(asPrincipal(onTopology(program.command('call'))))
    .description('call one tool through the whole pipeline')
    .argument('<tool>', 'tool name, such as pg_query')
    .argument('[arguments...]', 'name=value pairs; a value that parses as JSON is taken as JSON')
    .option('--args <json>', 'all arguments as one JSON object')
    .action((tool: string, pairs: string[], options) =>
      choose(async () => (await import('./call.ts')).call(tool, pairs, options, world)),
    );

  withJson(asPrincipal(onTopology(program.command('test'))))
    .description('run the smoke tests that the topology declares, each call through the whole pipeline')
    .argument('[component]', 'the component to test; without it every one that declares tests')
    .action((component: string | undefined, options) =>
      choose(async () => (await import('./test.ts')).test(component, options, world)),
    );

  addAudit(program, { onTopology, withJson, choose, world });

  withJson(onTopology(program.command('approve')))
    .description('list the writes that wait for a human, or approve or refuse one')
    .argument('[id]', 'the request to decide; without it the waiting ones are listed')
    .option('--refuse', 'refuse it instead of approving it')
    .option('--reason <text>', 'why; kept with the decision and in the audit', '')
    .option('--by <name>', 'who decides (default: your user name)')
    .action((id: string | undefined, options) =>
      choose(async () => (await import('./approve.ts')).approve(id, options, world)),
    );

  withJson(onTopology(program.command('kill-switch')))
    .description('stop every write of everybody at once, open writes again, or say how it stands')
    .argument('<action>', 'on, off or status')
    .option('--reason <text>', 'why; shown to whoever is refused, and kept in the audit')
    .option('--by <name>', 'who does it (default: your user name)')
    .action((action: string, options) =>
      choose(async () => (await import('./kill-switch.ts')).killSwitch(action, options, world)),
    );

  addVersions(program, { onTopology, withJson, choose, world });
  withJson(asPrincipal(onTopology(program.command('rollback'))))
    .description(
      'show what a rollback to a version takes back, ask, and do it; stops at the first step that fails',
    )
    .argument('[version]', 'as stackward versions list shows it')
    .option('--plan', 'only show what it would do')
    .option('--component <name>', 'only the writes to this component')
    .option('--yes', 'do not ask')
    .option('--resume <id>', 'go on with a rollback that stopped or was killed')
    .option('--abandon <id>', 'give up a rollback that stopped; what it put back stays')
    .option(
      '--pause-reconcilers',
      'hold still what would undo a step (Argo CD auto-sync, an autoscaler); it stays so until you let it go on',
    )
    .option('--resume-reconcilers <id>', 'let what a rollback held still go on as before')
    .action((version: string | undefined, options) =>
      choose(async () => (await import('./rollback.ts')).rollback(version, options, world)),
    );

  addDeployment(program, { onTopology, withJson, choose, world });
  addReplicas(program, { onTopology, withJson, choose, world });
  addTopology(program, { onTopology, withJson, choose, world });
  addToken(program, { onTopology, withJson, choose, world });
  addClients(program, { onTopology, withJson, choose, world });

  withJson(asPrincipal(onTopology(program.command('triage'))))
    .description(
      'take an incident from its alert to a measured heal or to a human; exit code 1 when a human has to go on',
    )
    .option('--scenario <name>', 'run one incident script on the mock, without a topology')
    .option('--naive', 'with --scenario: take the first output with every tool in hand, to see what it does')
    .option('--list-scenarios', 'list the incident scripts')
    .option('--alert <file>', 'work on the stack: an alert as JSON, or what Alertmanager sends to a webhook')
    .option('--follow', 'with --alert: print each event as it happens')
    .option(
      '--url <address>',
      'with --alert: work as an MCP client of the server there, over Streamable HTTP',
    )
    .option('--token-file <file>', 'with --url: the file that holds the agent’s bearer token')
    .option('--stdio', 'with --alert: work as an MCP client of a server that is started for it, over stdio')
    .action((options) => choose(async () => (await import('./triage.ts')).triage(options, world)));

  withJson(program.command('demo'))
    .description(
      'start a real PostgreSQL with a small shop, walk through a client’s session, and work on an incident of a mock',
    )
    .option('--serve', 'afterwards keep serving, with the console and its incident buttons')
    .option('--port <number>', 'port for --serve; 0 takes a free one', toPort, 8414)
    .action((options) => choose(async () => (await import('./demo.ts')).demo(options, world)));

  return program;
}
