import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultDataDir } from '../assemble.ts';
import { createToken, listTokens, revokeToken, tokensFileOf } from '../server/tokens.ts';
import { SERVICES } from '../services/index.ts';
import { drawnTypes } from '../toolset/drawn-types.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import { readTopology } from '../topology/load.ts';
import { TopologyError } from '../topology/topology-error.ts';
import {
  dataOf,
  EXIT,
  type TopologyOptions,
  topologyOf,
  UsageError,
  type World,
  writeJson,
  writeLine,
} from './command.ts';
import { bold, table } from './print.ts';

const DAY_MS = 86_400_000;

function fileFor(options: TopologyOptions, world: World): string {
  const dir = resolve(dataOf(options, world).data ?? defaultDataDir(topologyOf(options, world)));
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return tokensFileOf(dir);
}

/** `stackward token create`: shows the token once; only its hash is kept. */
export async function create(
  principal: string,
  options: TopologyOptions & { days: number },
  world: World,
): Promise<number> {
  const loaded = await readTopology(topologyOf(options, world), drawnTypes(SERVICES));
  if (loaded.problems) throw new TopologyError(loaded.problems);
  if (principal !== STACK_PRINCIPAL && loaded.graph.components.get(principal)?.type !== 'agent') {
    throw new UsageError(
      `'${principal}' is no agent of ${loaded.graph.file}, and not '${STACK_PRINCIPAL}' for the stack's own client`,
    );
  }
  const expires = new Date(Date.now() + options.days * DAY_MS);
  const { id, token } = createToken(fileFor(options, world), { principal, expires });
  if (options.json) writeJson(world.stdout, { id, principal, token, expires: expires.toISOString() });
  else
    writeLine(
      world.stdout,
      `${bold(token)}\ntoken ${id} for ${principal}, until ${expires.toISOString()}; it is not shown again`,
    );
  return EXIT.ok;
}

/** `stackward token list`. */
export async function list(options: TopologyOptions, world: World): Promise<number> {
  const tokens = listTokens(fileFor(options, world));
  if (options.json) writeJson(world.stdout, tokens);
  else if (tokens.length === 0) writeLine(world.stdout, 'There are no tokens.');
  else
    writeLine(
      world.stdout,
      table(tokens.map((token) => [token.id, token.principal, `until ${token.expires ?? 'revoked'}`])),
    );
  return EXIT.ok;
}

/** `stackward token revoke`: a running server refuses it from the next request on. */
export async function revoke(id: string, options: TopologyOptions, world: World): Promise<number> {
  if (!revokeToken(fileFor(options, world), id))
    throw new UsageError(`there is no token '${id}'; stackward token list shows them`);
  if (options.json) writeJson(world.stdout, { revoked: id });
  else writeLine(world.stdout, `revoked ${id}`);
  return EXIT.ok;
}
