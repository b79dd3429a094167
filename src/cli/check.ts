import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { openClients } from '../call/clients.ts';
import { createMask } from '../secrets/mask.ts';
import { listReferences } from '../secrets/references.ts';
import { resolveConnection } from '../secrets/resolve.ts';
import { openSources } from '../secrets/sources.ts';
import { confusableAgents } from '../server/auth/claims.ts';
import { SERVICES } from '../services/index.ts';
import { buildCatalog } from '../toolset/catalog.ts';
import { drawnTypes } from '../toolset/drawn-types.ts';
import { ToolError } from '../toolset/errors.ts';
import { type FlagStore, flagsFrom } from '../toolset/flags.ts';
import { type Reach, reachOf, STACK_PRINCIPAL } from '../toolset/reach.ts';
import { flagName } from '../topology/flag-name.ts';
import type { Graph } from '../topology/graph.ts';
import { readTopology } from '../topology/load.ts';
import { renderProblem } from '../topology/problem.ts';
import { typesAtHand } from '../topology/type-source.ts';
import { EXIT, type TopologyOptions, topologyOf, type World, writeJson, writeLine } from './command.ts';
import { bold, dim, green, red, yellow } from './print.ts';

export interface CheckOptions extends TopologyOptions {
  readonly connect?: boolean;
}

/** One finding of a check. `error` fails it. */
interface Finding {
  readonly level: 'error' | 'warning' | 'advice';
  readonly component?: string;
  readonly message: string;
}

/** `stackward check`: everything that can be known of a topology before it serves. */
export async function check(options: CheckOptions, world: World): Promise<number> {
  const file = topologyOf(options, world);
  const loaded = await readTopology(file, typesAtHand(drawnTypes(SERVICES)));
  if (loaded.problems) {
    if (options.json) writeJson(world.stdout, { ok: false, problems: loaded.problems });
    else {
      for (const problem of loaded.problems) writeLine(world.stdout, `${renderProblem(problem)}\n`);
      writeLine(world.stdout, red(`${countOf(loaded.problems.length, 'problem')} in ${file}`));
    }
    return EXIT.usage;
  }
  const { graph, warnings } = loaded;
  const flags = flagsFrom(world.env);
  const reach = reachOf(graph, SERVICES, STACK_PRINCIPAL);
  const findings: Finding[] = [
    ...warnings.map((warning) => ({ level: 'warning' as const, message: renderProblem(warning) })),
    ...checkFlags(graph, flags),
    ...checkIdentities(graph),
    ...checkReferences(reach, world),
    ...(options.connect ? await checkConnections(file, reach, world) : []),
    ...adviseRights(reach, flags),
  ];
  const ok = findings.every((finding) => finding.level !== 'error');
  const catalog = buildCatalog(graph, SERVICES, flags, STACK_PRINCIPAL);
  const summary = {
    components: graph.components.size,
    links: graph.links.length,
    tools: catalog.list.length,
  };
  if (options.json) writeJson(world.stdout, { ok, ...summary, findings });
  else print(file, summary, findings, world);
  return ok ? EXIT.ok : EXIT.failed;
}

function checkFlags(graph: Graph, flags: FlagStore): Finding[] {
  const meant = new Set(
    [...graph.components.values()].flatMap((one) => [
      flagName(one.name),
      ...[...one.subs.keys()].map((sub) => flagName(one.name, sub)),
    ]),
  );
  return [
    ...flags.malformed().map((name) => ({
      level: 'error' as const,
      message: `${name} is neither 'true' nor 'false', so it counts as false`,
    })),
    ...flags
      .names()
      .filter((name) => !meant.has(name))
      .map((name) => ({
        level: 'warning' as const,
        message: `${name} is set, but the topology names nothing by that name`,
      })),
  ];
}

/** Whoever's token is two agents is let in as neither, which would show only when somebody comes with it. */
const checkIdentities = (graph: Graph): Finding[] =>
  confusableAgents(graph).map(([name, other]) => ({
    level: 'error' as const,
    component: name,
    message: `every token that is ${name} is ${other}, too, by the claims of their identity, so it is refused; name a claim that tells them apart`,
  }));

function checkReferences(reach: ReadonlyMap<string, Reach>, world: World): Finding[] {
  return [...reach.values()].flatMap(({ component }) =>
    listReferences(component.connection)
      .filter(({ source }) => 'env' in source && !world.env[source.env])
      .map(({ field, described }) => ({
        level: 'warning' as const,
        component: component.name,
        message: `${field} comes from ${described}, which is not set here`,
      })),
  );
}

/** Opens each linked target once, as a call would, and closes it again. */
async function checkConnections(
  file: string,
  reach: ReadonlyMap<string, Reach>,
  world: World,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const cwd = dirname(resolve(file));
  const mask = createMask(randomBytes(32));
  const sources = openSources({ env: world.env, cwd });
  const clients = openClients({
    resolve: (connection, owner) => resolveConnection(connection, { sources, env: world.env, mask, owner }),
    warn: (component, message) => findings.push({ level: 'warning', component, message: mask.text(message) }),
  });
  for (const { component, service, subs } of reach.values()) {
    if (!service.connect) continue;
    for (const [sub, entry] of subs.size > 0 ? subs : [[undefined, {}] as const]) {
      const target = {
        name: sub ? `${component.name}/${sub}` : component.name,
        component: component.name,
        ...(sub ? { sub } : {}),
        scope: entry,
        reach: subs,
      };
      try {
        await clients.reader(service, { target, component, entry });
      } catch (error) {
        const why = error instanceof ToolError ? `${error.code}: ${error.detail}` : 'it could not be opened';
        findings.push({
          level: 'error',
          component: component.name,
          message: `${target.name}: ${mask.text(why)}`,
        });
      }
    }
  }
  await clients.close();
  return findings;
}

function adviseRights(reach: ReadonlyMap<string, Reach>, flags: FlagStore): Finding[] {
  return [...reach.values()].flatMap(({ component, service, subs }) => {
    const writes = [...subs.keys(), undefined].some((sub) => flags.read(component.name, sub).on);
    const advice = service.advise?.({ ...component, subs }, writes ? 'write' : 'read') ?? [];
    return advice.map((message) => ({ level: 'advice' as const, component: component.name, message }));
  });
}

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function print(
  file: string,
  summary: { components: number; links: number; tools: number },
  findings: readonly Finding[],
  world: World,
): void {
  const label = { error: red('error'), warning: yellow('warning'), advice: dim('advice') };
  for (const { level, component, message } of findings.filter((finding) => finding.level !== 'advice')) {
    writeLine(world.stdout, `${label[level]}${component ? ` ${bold(component)}` : ''}: ${message}`);
  }
  const advice = findings.filter((finding) => finding.level === 'advice');
  for (const component of new Set(advice.map((finding) => finding.component ?? ''))) {
    writeLine(world.stdout, `${label.advice} ${bold(component)}: the least rights that its account needs`);
    for (const finding of advice) {
      if (finding.component === component) writeLine(world.stdout, `  ${finding.message}`);
    }
  }
  const failed = findings.some((finding) => finding.level === 'error');
  const counts = `${countOf(summary.components, 'component')}, ${countOf(summary.links, 'link')}, ${countOf(summary.tools, 'tool')} for the stack's own client`;
  writeLine(world.stdout, `${failed ? red('not ready') : green('ok')} ${file}: ${counts}`);
}
