import { SERVICES } from '../services/index.ts';
import { decideAccess } from '../toolset/access.ts';
import { buildCatalog, type Catalog, type CatalogTool } from '../toolset/catalog.ts';
import { explainAccess } from '../toolset/explain.ts';
import { type FlagStore, flagsFrom } from '../toolset/flags.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import { EXIT, type TopologyOptions, topologyOf, type World, writeJson, writeLine } from './command.ts';
import { showEveryTool } from './every-tool.ts';
import { readGraph } from './graph.ts';
import { mustBePrincipal } from './principal.ts';
import { bold, cyan, dim, green, red, yellow } from './print.ts';

export interface ToolsOptions extends TopologyOptions {
  readonly absent?: boolean;
  readonly diff?: string;
  readonly every?: boolean;
}

/** One tool on one target, as this command shows it. */
interface Row {
  readonly tool: string;
  readonly target: string;
  readonly access: 'read' | 'write';
  readonly layer: string;
  readonly because: readonly string[];
}

/** `stackward tools`: what a principal may do, with the link and flag behind each, or what another file would change. */
export async function tools(options: ToolsOptions, world: World): Promise<number> {
  if (options.every) return showEveryTool(options, world);
  const flags = flagsFrom(world.env);
  const principal = options.as ?? world.env.STACKWARD_AGENT ?? STACK_PRINCIPAL;
  const catalogOf = async (file: string) => {
    const graph = await readGraph(file);
    mustBePrincipal(graph, principal);
    return buildCatalog(graph, SERVICES, flags, principal);
  };
  const catalog = await catalogOf(topologyOf(options, world));
  if (options.diff)
    return diff(rowsOf(catalog, flags), rowsOf(await catalogOf(options.diff), flags), options, world);
  const rows = rowsOf(catalog, flags);
  const absent = options.absent ? absentIn(catalog, flags) : [];
  const text = JSON.stringify({ tools: catalog.list });
  const size = { bytes: Buffer.byteLength(text), tokens: await tokensOf(text) };
  if (options.json)
    writeJson(world.stdout, { principal, ...size, tools: rows, ...(options.absent ? { absent } : {}) });
  else print(catalog, rows, absent, size, world);
  return EXIT.ok;
}

/** Tokens of a text by the encoding o200k; models of other makers count a little otherwise. */
async function tokensOf(text: string): Promise<number> {
  const { countTokens } = await import('gpt-tokenizer');
  return countTokens(text);
}

const rowsOf = (catalog: Catalog, flags: FlagStore): Row[] =>
  [...catalog.tools.values()].flatMap((entry) =>
    [...entry.targets.values()].map(({ target }) => ({
      tool: entry.tool.name,
      target: target.name,
      access: entry.tool.access,
      layer: entry.service.layer,
      because: becauseOf(catalog, entry, target, flags),
    })),
  );

function becauseOf(
  catalog: Catalog,
  { tool }: CatalogTool,
  target: { component: string; sub?: string },
  flags: FlagStore,
): readonly string[] {
  const reach = catalog.reach.get(target.component);
  return reach
    ? decideAccess(reach, target.sub, tool.access, flags).reasons
    : ['every stack has its own metadata'];
}

const absentIn = ({ graph, principal }: Catalog, flags: FlagStore) =>
  [...graph.components.keys()]
    .flatMap((component) => explainAccess(graph, SERVICES, flags, { component, principal }))
    .filter((explanation) => !explanation.allowed);

function print(
  catalog: Catalog,
  rows: readonly Row[],
  absent: ReturnType<typeof absentIn>,
  { bytes, tokens }: { readonly bytes: number; readonly tokens: number },
  world: World,
): void {
  for (const name of catalog.tools.keys()) {
    const own = rows.filter((row) => row.tool === name);
    const [first] = own;
    if (!first) continue;
    writeLine(
      world.stdout,
      `${bold(name)}  ${first.access === 'write' ? yellow('write') : cyan('read')}  ${dim(first.layer)}`,
    );
    for (const row of own) writeLine(world.stdout, `  ${row.target}  ${dim(row.because.join('; '))}`);
  }
  for (const { tool, target, reasons } of absent) {
    writeLine(world.stdout, `${dim('absent')} ${tool} on ${target}  ${dim(reasons.join('; '))}`);
  }
  writeLine(
    world.stdout,
    dim(
      `${catalog.tools.size} tools for ${catalog.principal}; tools/list has ${catalog.list.length} of them, ${bytes} bytes, ${tokens} tokens`,
    ),
  );
}

function diff(before: readonly Row[], after: readonly Row[], options: ToolsOptions, world: World): number {
  const keyOf = (row: Row) => `${row.tool} ${row.target}`;
  const had = new Set(before.map(keyOf));
  const has = new Set(after.map(keyOf));
  const added = after.filter((row) => !had.has(keyOf(row)));
  const removed = before.filter((row) => !has.has(keyOf(row)));
  if (options.json) writeJson(world.stdout, { added, removed });
  else {
    for (const row of removed) writeLine(world.stdout, red(`- ${row.tool} on ${row.target} (${row.access})`));
    for (const row of added) writeLine(world.stdout, green(`+ ${row.tool} on ${row.target} (${row.access})`));
    writeLine(world.stdout, dim(`${added.length} added, ${removed.length} taken away`));
  }
  return EXIT.ok;
}
