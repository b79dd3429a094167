import { SERVICES } from '../services/index.ts';
import { type EveryTool, everyTool } from '../toolset/every-tool.ts';
import { EXIT, type World, writeJson, writeLine } from './command.ts';
import { bold, cyan, dim, yellow } from './print.ts';

/** `stackward tools --every`: what every service type would yield, whatever the topology. */
export function showEveryTool(options: { readonly json?: boolean }, world: World): number {
  const tools = everyTool(SERVICES.values());
  if (options.json) {
    writeJson(world.stdout, { tools });
    return EXIT.ok;
  }
  for (const type of new Set(tools.map(({ service }) => service))) {
    const own = tools.filter(({ service }) => service === type);
    writeLine(world.stdout, `${bold(type)}  ${dim(own[0]?.layer ?? '')}`);
    for (const one of own) writeLine(world.stdout, `  ${lineOf(one)}`);
  }
  writeLine(
    world.stdout,
    dim(`${tools.length} tools of ${new Set(tools.map(({ service }) => service)).size} services`),
  );
  return EXIT.ok;
}

function lineOf({ tool, access, title, effect, ...back }: EveryTool): string {
  if (access === 'read') return `${tool}  ${cyan('read')}  ${title}`;
  const way = back.reversible ? `taken back: ${back.way_back}` : `no way back: ${back.way_back}`;
  const read =
    back.read_back === undefined || back.read_back === 'always' ? '' : `; read back ${back.read_back}`;
  return `${tool}  ${yellow('write')}  ${title}  ${dim(`${effect}; ${way}${read}`)}`;
}
