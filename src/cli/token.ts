import { mkdirSync } from 'node:fs';
import { createToken, listTokens, revokeToken, tokensFileOf } from '../server/tokens.ts';
import { isPrincipal, STACK_PRINCIPAL } from '../toolset/reach.ts';
import {
  EXIT,
  type TopologyOptions,
  topologyOf,
  UsageError,
  type World,
  writeJson,
  writeLine,
} from './command.ts';
import { readGraph } from './graph.ts';
import { dataDirOf } from './open.ts';
import { bold, table } from './print.ts';

const DAY_MS = 86_400_000;

function fileFor(options: TopologyOptions, world: World): string {
  const dir = dataDirOf(options, world);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return tokensFileOf(dir);
}

/** `stackward token create`: shows the token once; only its hash is kept. */
export async function create(
  principal: string,
  options: TopologyOptions & { days: number },
  world: World,
): Promise<number> {
  const graph = await readGraph(topologyOf(options, world));
  if (!isPrincipal(graph, principal)) {
    throw new UsageError(
      `'${principal}' is no agent of ${graph.file}, and not '${STACK_PRINCIPAL}' for the stack's own client`,
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
