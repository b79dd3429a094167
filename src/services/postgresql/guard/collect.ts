import type { Mentions, Name } from './mentions.ts';
import { refuse } from './refuse.ts';

type Json = Readonly<Record<string, unknown>>;

/** Kinds of `A_Expr` whose `name` is no operator, with the operators that they stand for. */
const SPELLED_OPERATORS: Readonly<Record<string, readonly string[]>> = {
  AEXPR_BETWEEN: ['>=', '<='],
  AEXPR_NOT_BETWEEN: ['<', '>'],
  AEXPR_BETWEEN_SYM: ['>=', '<='],
  AEXPR_NOT_BETWEEN_SYM: ['<', '>'],
};

/** Value functions that say when or where, not who. */
const VALUE_FUNCTIONS = new Set([
  'SVFOP_CURRENT_DATE',
  'SVFOP_CURRENT_TIME',
  'SVFOP_CURRENT_TIME_N',
  'SVFOP_CURRENT_TIMESTAMP',
  'SVFOP_CURRENT_TIMESTAMP_N',
  'SVFOP_LOCALTIME',
  'SVFOP_LOCALTIME_N',
  'SVFOP_LOCALTIMESTAMP',
  'SVFOP_LOCALTIMESTAMP_N',
]);

/** Adds to `mentions` what one node names. Its fields have passed the grammar. */
export function collect(tag: string, node: Json, mentions: Mentions): void {
  COLLECTORS[tag]?.(node, mentions);
}

const COLLECTORS: Readonly<Record<string, (node: Json, mentions: Mentions) => void>> = {
  RangeVar(node, { relations }) {
    const schema = text(node.schemaname);
    relations.push({ ...(schema && { schema }), name: text(node.relname) });
  },
  CommonTableExpr: (node, { ctes }) => void ctes.add(text(node.ctename)),
  FuncCall(node, mentions) {
    mentions.functions.push(nameOf(node.funcname, 'function'));
    if (isTypeof({ FuncCall: node })) mentions.typeofs.all += 1;
  },
  TypeCast(node, { typeofs }) {
    if (isTypeof(node.arg) && isText(node.typeName)) typeofs.harmless += 1;
  },
  CollateClause: (node, { collations }) => void collations.push(nameOf(node.collname, 'collation')),
  A_Expr(node, { operators }) {
    const spelled = SPELLED_OPERATORS[text(node.kind)];
    if (spelled) operators.push(...spelled.map((name) => ({ name })));
    else operators.push(nameOf(node.name, 'operator'));
  },
  SubLink(node, { operators }) {
    if (node.operName) operators.push(nameOf(node.operName, 'operator'));
  },
  SortBy(node, { operators }) {
    if (node.useOp) operators.push(nameOf(node.useOp, 'operator'));
  },
  TypeName: (node, { types }) => void types.push(nameOf(node.names, 'type')),
  ColumnRef(node, { attributes }) {
    const parts = list(node.fields);
    if (parts.length > 1) addAttribute(parts.at(-1), attributes);
  },
  A_Indirection(node, { attributes }) {
    for (const part of list(node.indirection)) addAttribute(part, attributes);
  },
  SQLValueFunction(node) {
    if (!VALUE_FUNCTIONS.has(text(node.op)))
      refuse(
        `${text(node.op).replace('SVFOP_', '')} tells about the session; only CURRENT_DATE, CURRENT_TIMESTAMP and their like are accepted.`,
      );
  },
};

/** Whether a node is a call of pg_typeof. */
export function isTypeof(node: unknown): boolean {
  if (typeof node !== 'object' || node === null || !('FuncCall' in node)) return false;
  const call = node.FuncCall;
  if (typeof call !== 'object' || call === null || !('funcname' in call)) return false;
  return word(list(call.funcname).at(-1)) === 'pg_typeof';
}

const isText = (typeName: unknown): boolean =>
  typeof typeName === 'object' &&
  typeName !== null &&
  'names' in typeName &&
  !('arrayBounds' in typeName) &&
  word(list(typeName.names).at(-1)) === 'text';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function word(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null || !('String' in node)) return undefined;
  const inner = node.String;
  if (typeof inner !== 'object' || inner === null || !('sval' in inner)) return undefined;
  return text(inner.sval);
}

function addAttribute(node: unknown, attributes: Set<string>): void {
  const name = word(node);
  if (name) attributes.add(name);
}

function nameOf(parts: unknown, what: string): Name {
  const words = list(parts).map(word);
  const [first, second, ...more] = words;
  if (!first || more.length > 0 || (words.length === 2 && !second))
    return refuse(`A ${what} is named as name or schema.name.`);
  return second ? { schema: first, name: second } : { name: first };
}
