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

const lineOf = ({ tool, access, title, effect, way_back: wayBack }: EveryTool): string =>
  access === 'read'
    ? `${tool}  ${cyan('read')}  ${title}`
    : `${tool}  ${yellow('write')}  ${title}  ${dim(`${effect}; ${wayBack === 'captured' ? 'way back captured' : `no way back: ${wayBack}`}`)}`;
