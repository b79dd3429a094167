import type { Node } from 'libpg-query';
import { collect, isTypeof } from './collect.ts';
import { EXPRESSIONS, type Fields, REASONS, type Shape } from './grammar.ts';
import { type Mentions, noMentions } from './mentions.ts';
import { refuse } from './refuse.ts';

/** Deepest accepted nesting of nodes. A chain of 300 operators is about as deep. */
const MAX_DEPTH = 600;
const ACCEPTED = 'accepted is one SELECT, VALUES, SHOW or EXPLAIN that only reads';

/** Checks every node and field of a query's tree against the grammar and gathers what it names. */
export function walkQuery(tree: Node): Mentions {
  const mentions = noMentions();
  const [tag] = Object.keys(tree);
  if (tag !== 'SelectStmt') refuseTag(tag ?? 'nothing');
  visitNode(tree, mentions, 0);
  mentions.typeofs.harmless += answeredTypeofs(tree);
  return mentions;
}

/** Calls of pg_typeof whose type is that of a column of the answer, where nothing else can take it on. */
function answeredTypeofs(tree: Node): number {
  if (!('SelectStmt' in tree) || tree.SelectStmt.op !== 'SETOP_NONE') return 0;
  const targets = tree.SelectStmt.targetList ?? [];
  return targets.filter((target) => 'ResTarget' in target && isTypeof(target.ResTarget.val)).length;
}

/** Refuses a construct by its tag or `Tag.field`. */
export function refuseTag(tag: string): never {
  const reason = REASONS[tag];
  if (reason) refuse(`${reason}; ${ACCEPTED}.`);
  refuse(`${tag.replace(/Stmt$/, '')} is not among the constructs that the guard understands; ${ACCEPTED}.`);
}

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function visitNode(value: unknown, mentions: Mentions, depth: number): void {
  if (!isRecord(value)) refuse('The parser gave a tree that the guard does not understand.');
  const [entry, ...others] = Object.entries(value);
  // An empty object is a list's empty place: DISTINCT without ON, a bound left out.
  if (!entry) return;
  if (others.length > 0) refuse('The parser gave a tree that the guard does not understand.');
  visitFields(entry[0], entry[1], mentions, depth);
}

function visitFields(tag: string, value: unknown, mentions: Mentions, depth: number): void {
  if (depth > MAX_DEPTH)
    refuse(`The statement is nested too deeply; at most ${MAX_DEPTH} levels are accepted.`);
  const known: Fields | undefined = Object.hasOwn(EXPRESSIONS, tag) ? EXPRESSIONS[tag] : undefined;
  if (!known) refuseTag(tag);
  if (!isRecord(value)) refuse('The parser gave a tree that the guard does not understand.');
  for (const [field, inner] of Object.entries(value)) {
    const shape = Object.hasOwn(known, field) ? known[field] : undefined;
    if (!shape) refuseTag(`${tag}.${field}`);
    visitShape(shape, inner, mentions, depth + 1);
  }
  collect(tag, value, mentions);
}

function visitShape(shape: Shape, value: unknown, mentions: Mentions, depth: number): void {
  if (shape === 'leaf') return;
  if (shape === 'node') visitNode(value, mentions, depth);
  else if (shape !== 'nodes') visitFields(shape.slice(1), value, mentions, depth);
  else if (Array.isArray(value)) for (const one of value) visitNode(one, mentions, depth);
  else refuse('The parser gave a tree that the guard does not understand.');
}
