import { openKeysAndStores } from '../open-stores.ts';
import { makeToken } from '../server/auth/local-tokens.ts';
import type { StoredToken, TokenStore } from '../store/tokens.ts';
import { tokensOf } from '../store/tokens-of.ts';
import { isPrincipal, STACK_PRINCIPAL } from '../toolset/reach.ts';
import {
  EXIT,
  envOf,
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
const OVERLAP_MS = 3_600_000;

export interface CreateOptions extends TopologyOptions {
  readonly days: number;
  readonly replaces?: string;
  /** Milliseconds. */
  readonly overlap?: number;
}

/** Opens the tokens for one command. */
async function withTokens(
  options: TopologyOptions,
  world: World,
  work: (store: TokenStore) => Promise<number>,
): Promise<number> {
  const dataDir = dataDirOf(options, world);
  const { stores, keys } = await openKeysAndStores(dataDir, { env: envOf(options, world) });
  try {
    return await work(tokensOf({ stores, keys, dataDir }));
  } finally {
    await stores.close();
  }
}

/** `stackward token create`: shows the token once; only its hash is kept. */
export const create = (named: string | undefined, options: CreateOptions, world: World): Promise<number> =>
  withTokens(options, world, (store) => createIn(store, named, options, world));

async function createIn(
  store: TokenStore,
  named: string | undefined,
  options: CreateOptions,
  world: World,
): Promise<number> {
  const old = await replacedBy(options, store);
  const principal = await principalOf(named, old, options, world);
  const expires = new Date(Date.now() + options.days * DAY_MS);
  const until = new Date(Date.now() + (options.overlap ?? OVERLAP_MS));
  const replaces = old && { id: old.id, until: earlier(until, old.expires) };
  const { id, token } = await makeToken(store, { principal, expires, ...(replaces ? { replaces } : {}) });
  if (options.json) {
    const replaced = replaces && { id: replaces.id, until: replaces.until.toISOString() };
    writeJson(world.stdout, {
      id,
      principal,
      token,
      expires: expires.toISOString(),
      ...(replaced ? { replaces: replaced } : {}),
    });
    return EXIT.ok;
  }
  writeLine(world.stdout, bold(token));
  writeLine(
    world.stdout,
    `token ${id} for ${principal}, until ${expires.toISOString()}; it is not shown again`,
  );
  if (replaces) writeLine(world.stdout, `token ${replaces.id} works until ${replaces.until.toISOString()}`);
  return EXIT.ok;
}

async function replacedBy(
  { replaces, overlap }: CreateOptions,
  store: TokenStore,
): Promise<StoredToken | undefined> {
  if (replaces === undefined) {
    if (overlap !== undefined) throw new UsageError('--overlap goes with --replaces ID');
    return undefined;
  }
  const old = (await store.list())?.find(({ id }) => id === replaces);
  if (!old) throw new UsageError(`there is no token '${replaces}'; stackward token list shows them`);
  return old;
}

async function principalOf(
  named: string | undefined,
  old: StoredToken | undefined,
  options: CreateOptions,
  world: World,
): Promise<string> {
  const principal = named ?? old?.principal;
  if (principal === undefined)
    throw new UsageError('name an agent of the topology or stack, or a token with --replaces ID');
  if (old && old.principal !== principal)
    throw new UsageError(
      `token ${old.id} is for ${old.principal}; one for ${principal} cannot take its place`,
    );
  const graph = await readGraph(topologyOf(options, world));
  if (!isPrincipal(graph, principal))
    throw new UsageError(
      `'${principal}' is no agent of ${graph.file}, and not '${STACK_PRINCIPAL}' for the stack's own client`,
    );
  return principal;
}

const earlier = (date: Date, other: string | undefined): Date =>
  other !== undefined && Date.parse(other) < date.getTime() ? new Date(other) : date;

/** `stackward token list`. */
export const list = (options: TopologyOptions, world: World): Promise<number> =>
  withTokens(options, world, (store) => listIn(store, options, world));

async function listIn(store: TokenStore, options: TopologyOptions, world: World): Promise<number> {
  const uses = await store.lastUses();
  const tokens = ((await store.list()) ?? []).map(({ hash: _hash, ...shown }) => {
    const used = uses.get(shown.id);
    return { ...shown, ...(used ? { last_used: used.toISOString() } : {}) };
  });
  if (options.json) writeJson(world.stdout, tokens);
  else if (tokens.length === 0) writeLine(world.stdout, 'There are no tokens.');
  else writeLine(world.stdout, table(tokens.map(rowOf)));
  return EXIT.ok;
}

function rowOf(token: Omit<StoredToken, 'hash'> & { readonly last_used?: string }): string[] {
  const isOver = token.expires !== undefined && Date.parse(token.expires) <= Date.now();
  return [
    token.id,
    token.principal,
    `${isOver ? 'expired' : 'until'} ${token.expires ?? 'revoked'}`,
    token.last_used === undefined ? 'never used' : `last used ${token.last_used}`,
    ...(token.replaces === undefined ? [] : [`replaces ${token.replaces}`]),
  ];
}

/** `stackward token revoke`: a running server refuses it from the next request on. */
export const revoke = (id: string, options: TopologyOptions, world: World): Promise<number> =>
  withTokens(options, world, async (store) => {
    if (!(await store.remove(id)))
      throw new UsageError(`there is no token '${id}'; stackward token list shows them`);
    if (options.json) writeJson(world.stdout, { revoked: id });
    else writeLine(world.stdout, `revoked ${id}`);
    return EXIT.ok;
  });
