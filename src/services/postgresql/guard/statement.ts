import type { Node } from 'libpg-query';
import { STATEMENTS } from './grammar.ts';
import { refuse } from './refuse.ts';
import { refuseTag } from './walk.ts';

/** Settings that say how values are written and nothing about the server’s secrets, files or neighbours. */
const SHOWN = new Set([
  'client_encoding',
  'datestyle',
  'default_transaction_isolation',
  'intervalstyle',
  'lc_collate',
  'lc_ctype',
  'lc_messages',
  'lc_monetary',
  'lc_numeric',
  'lc_time',
  'max_connections',
  'search_path',
  'server_encoding',
  'server_version',
  'server_version_num',
  'statement_timeout',
  'timezone',
  'transaction_isolation',
  'transaction_read_only',
  'work_mem',
]);
/** Options that neither run the query nor tell of the session. */
const EXPLAIN_OPTIONS = new Set(['format', 'costs', 'verbose', 'summary']);

/**
 * Takes a statement down to the query in it.
 * @returns the query’s tree; undefined for a SHOW, which is harmless once it is allowed
 */
export function queryWithin(tree: Node): Node | undefined {
  if ('VariableShowStmt' in tree) return allowShow(tree.VariableShowStmt);
  if (!('ExplainStmt' in tree)) return tree;
  onlyKnown('ExplainStmt', tree.ExplainStmt);
  for (const option of tree.ExplainStmt.options ?? []) allowOption(option);
  return tree.ExplainStmt.query ?? refuse('EXPLAIN has no query.');
}

function allowShow(show: { name?: string }): undefined {
  onlyKnown('VariableShowStmt', show);
  const name = show.name?.toLowerCase() ?? '';
  if (!SHOWN.has(name)) refuse(`SHOW ${name} is not accepted; accepted are ${[...SHOWN].join(', ')}.`);
}

function allowOption(option: Node): void {
  if (!('DefElem' in option)) refuse('EXPLAIN has an option that the guard does not understand.');
  onlyKnown('DefElem', option.DefElem);
  const name = option.DefElem.defname ?? '';
  if (name === 'analyze') refuse('EXPLAIN ANALYZE runs the statement; use EXPLAIN without ANALYZE.');
  if (!EXPLAIN_OPTIONS.has(name))
    refuse(`EXPLAIN option ${name} is not accepted; accepted are ${[...EXPLAIN_OPTIONS].join(', ')}.`);
}

function onlyKnown(tag: string, node: object): void {
  const unknown = Object.keys(node).find((field) => !Object.hasOwn(STATEMENTS[tag] ?? {}, field));
  if (unknown) refuseTag(`${tag}.${unknown}`);
}
