import type { Node } from 'libpg-query';
import { cached } from './guard/cache.ts';
import { type Catalog, loadFacts } from './guard/facts.ts';
import { allow, type GuardedSelect } from './guard/guarded.ts';
import { judge, judgeNames, type View } from './guard/judge.ts';
import { type Mentions, merge } from './guard/mentions.ts';
import { parseOne } from './guard/parse.ts';
import { refuse } from './guard/refuse.ts';
import { queryWithin } from './guard/statement.ts';
import { walkQuery } from './guard/walk.ts';
import type { Database } from './types.ts';

/** How long an answer of the catalogs is believed. */
const TRUST_MS = 5_000;
/** A view of a view of a view ... */
const MAX_VIEW_DEPTH = 16;

export interface Guard {
  /** Allows one statement. Throws ToolError('query_refused'). */
  statement(sql: string, scope: Database): Promise<GuardedSelect>;
  /** Judges SELECT trees that are part of another statement. Throws ToolError('query_refused'). */
  trees(trees: readonly Node[], scope: Database): Promise<void>;
}

/**
 * The first of the two guards on reading: an allowlist over the parse tree, with every name looked up in the server.
 *
 * @param catalog runs a query on the catalogs of the database that the statement is meant for
 */
export function createGuard(catalog: Catalog): Guard {
  const facts = cached<Awaited<ReturnType<typeof loadFacts>>>(200, TRUST_MS);
  const verdicts = cached<GuardedSelect>(200, TRUST_MS);

  async function judgeTrees(
    trees: readonly Node[],
    schemas: readonly string[],
    depth: number,
  ): Promise<void> {
    if (depth > MAX_VIEW_DEPTH) refuse(`The views are nested more than ${MAX_VIEW_DEPTH} deep.`);
    const mentions = merge(trees.map(walkQuery));
    judgeNames(mentions, schemas);
    const known = await facts(keyOf(mentions, schemas), () => loadFacts(mentions, schemas, catalog));
    const views = new Map(judge(mentions, known, schemas).map((view) => [view.name, view]));
    for (const view of views.values())
      await judgeView(view, async () => judgeTrees([await parseOne(view.definition)], schemas, depth + 1));
  }

  return {
    statement: (sql, { schemas }) =>
      verdicts(JSON.stringify([schemas, sql]), async () => {
        mustBePlain(schemas);
        const query = queryWithin(await parseOne(sql));
        if (query) await judgeTrees([query], schemas, 0);
        return allow(sql, schemas);
      }),
    trees: async (trees, { schemas }) => {
      mustBePlain(schemas);
      await judgeTrees(trees, schemas, 0);
    },
  };
}

/** A view runs with its owner’s rights, so what it reads must be in the link’s reach too. */
async function judgeView(view: View, judged: () => Promise<void>): Promise<void> {
  try {
    await judged();
  } catch (error) {
    if (error instanceof Error && 'detail' in error)
      refuse(`The view ${view.name} cannot be read: ${error.detail}`);
    throw error;
  }
}

function mustBePlain(schemas: readonly string[]): void {
  const odd = schemas.find((schema) => /^pg_|^information_schema$/.test(schema));
  if (odd !== undefined || schemas.length === 0)
    refuse(`The link reaches no schema of users${odd ? `: ${odd} is the server’s own` : ''}.`);
}

const keyOf = (mentions: Mentions, schemas: readonly string[]): string =>
  JSON.stringify([schemas, mentions], (_, value) => (value instanceof Set ? [...value] : value));
