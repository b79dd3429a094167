import type { Facts } from './facts.ts';
import { isDenied, isHarmlessVolatile } from './functions.ts';
import { type Mentions, type Name, spell } from './mentions.ts';
import { refuse } from './refuse.ts';

/** Kinds of relation that hold or compute rows in this database: table, partitioned table, view, materialized view. */
const READABLE = new Set(['r', 'p', 'v', 'm']);
/** Built-in types, and their arrays, that turn text into a reference to an object, or that only the server’s code uses. */
const DENIED_TYPE = /^_?(reg|pg_|cstring$|refcursor$|aclitem$|gtsvector$|txid_)/;

/** Text of the views that a query reads, to be judged in their turn. */
export interface View {
  readonly name: string;
  readonly definition: string;
}

/**
 * Refuses what needs no look at the server: names outside of the schemas and functions that are never accepted.
 * Nothing of such a statement is sent anywhere.
 *
 * @throws ToolError('query_refused')
 */
export function judgeNames(mentions: Mentions, schemas: readonly string[]): void {
  for (const name of mentions.relations) {
    if (name.schema && !schemas.includes(name.schema))
      refuse(
        `The relation ${spell(name)} is outside of what the link reaches: ${listed(schemas)}. The catalogs are served by pg_list_tables, pg_describe_table and the other tools.`,
      );
  }
  for (const name of mentions.functions) {
    mustBeInScope(name, 'function', schemas);
    if (isDenied(name.name))
      refuse(
        `The function ${spell(name)} is not accepted: it reaches past the query, to sessions, settings, files, other objects or SQL in a string.`,
      );
  }
  for (const name of mentions.operators) mustBeInScope(name, 'operator', schemas);
  for (const name of mentions.types) mustBeInScope(name, 'type', schemas);
  for (const name of mentions.collations) mustBeInScope(name, 'collation', schemas);
  if (mentions.typeofs.all > mentions.typeofs.harmless)
    refuse(
      'pg_typeof is accepted as a column of the outermost SELECT, or written pg_typeof(...)::text: elsewhere its type could turn a number into an object’s name.',
    );
}

/**
 * Decides whether everything that a query names stays inside the schemas and only reads.
 * @returns the views it reads
 * @throws ToolError('query_refused')
 */
export function judge(mentions: Mentions, facts: Facts, schemas: readonly string[]): readonly View[] {
  for (const name of mentions.functions) judgeFunction(name, facts);
  for (const attribute of mentions.attributes) judgeAttribute(attribute, facts);
  for (const name of mentions.operators) judgeOperator(name, facts);
  for (const name of facts.operators.filter((one) => !one.trusted)) refuseOperator(name);
  for (const name of mentions.types) judgeType(name, facts);
  for (const { cast } of facts.casts)
    refuse(
      `The database has a cast of its own (${cast}) that runs a user’s function and that this query could use.`,
    );
  return mentions.relations.flatMap((name) => judgeRelation(name, mentions, facts, schemas));
}

function mustBeInScope(name: Name, what: string, schemas: readonly string[]): void {
  if (!name.schema || name.schema === 'pg_catalog' || schemas.includes(name.schema)) return;
  refuse(`The ${what} ${spell(name)} is outside of what the link reaches: ${listed(schemas)}.`);
}

const listed = (schemas: readonly string[]) => `schema ${schemas.join(', ')}`;

/** The facts that a name could stand for: those of its schema, or of every visible one. */
const candidates = <T extends { schema: string; name: string }>(
  name: Name,
  all: readonly T[],
): readonly T[] =>
  all.filter((one) => one.name === name.name && (!name.schema || one.schema === name.schema));

function judgeRelation(
  name: Name,
  mentions: Mentions,
  facts: Facts,
  schemas: readonly string[],
): readonly View[] {
  const found = candidates(name, facts.relations);
  if (found.length === 0) {
    if (!name.schema && mentions.ctes.has(name.name)) return [];
    refuse(`There is no relation ${spell(name)} in ${listed(schemas)}; pg_list_tables lists what there is.`);
  }
  return found.flatMap((relation) => {
    const full = `${relation.schema}.${relation.name}`;
    if (!schemas.includes(relation.schema))
      refuse(`${full} is a system catalog; use the typed tools, or another name if it is a WITH query.`);
    if (relation.kind === 'f' || relation.foreign)
      refuse(`${full} is a foreign table: it reads another server.`);
    if (!READABLE.has(relation.kind)) refuse(`${full} is neither a table nor a view.`);
    if (relation.strays)
      refuse(
        `${full} is inherited by a table outside of what the link reaches; write FROM a table of ${listed(schemas)} that is not.`,
      );
    return relation.definition === null ? [] : [{ name: full, definition: relation.definition }];
  });
}

function judgeFunction(name: Name, facts: Facts): void {
  const found = candidates(name, facts.functions);
  if (found.length === 0) refuse(`There is no function ${spell(name)} that the guard can see.`);
  for (const one of found) {
    if (!one.trusted)
      refuse(
        `The function ${one.schema}.${one.name} is a user’s own and could do anything; only built-in functions are accepted.${advice(name, one.schema)}`,
      );
    if (one.handles)
      refuse(`The function ${spell(name)} works on the server’s own objects and is not accepted.`);
    if (one.volatile && !isHarmlessVolatile(one.name))
      refuse(`The function ${spell(name)} is volatile: it could do more than compute a value.`);
  }
  judgeAsType(name, facts);
}

const advice = (name: Name, schema: string) =>
  name.schema || schema === 'pg_catalog'
    ? ''
    : ` For the built-in of that name write pg_catalog.${name.name}.`;

/** Enums compute nothing, and PostgreSQL takes no row type for a function’s name. */
const NO_CAST_BY_NAME = new Set(['e', 'c']);

/** `f(x)` casts x where f is a type that hides behind a function’s name. */
function judgeAsType(name: Name, facts: Facts): void {
  const stray = candidates(name, facts.types).find(
    (type) => type.schema !== 'pg_catalog' && !NO_CAST_BY_NAME.has(type.kind),
  );
  if (stray)
    refuse(`${stray.schema}.${stray.name} is a type as well as a function; write pg_catalog.${name.name}.`);
}

/** `row.name` calls the function of that name; only those a user made can do more than read the row. */
function judgeAttribute(attribute: string, facts: Facts): void {
  const callable = candidates({ name: attribute }, facts.functions).filter((one) => one.attribute);
  const stray = callable.find((one) => !one.trusted || (one.volatile && !isHarmlessVolatile(one.name)));
  if (stray || (callable.length > 0 && isDenied(attribute)))
    refuse(`The word .${attribute} could call a function of that name, which is not accepted.`);
}

function judgeOperator(name: Name, facts: Facts): void {
  const found = candidates(name, facts.operators);
  if (found.length === 0) refuse(`There is no operator ${spell(name)} that the guard can see.`);
}

function refuseOperator(name: Name): never {
  refuse(
    `The operator ${spell(name)} runs a user’s function; only built-in operators are accepted, and no query that could take this one instead.`,
  );
}

function judgeType(name: Name, facts: Facts): void {
  const found = candidates(name, facts.types);
  // Types have no overloads and pg_catalog is searched first.
  const builtIn = found.filter((one) => one.schema === 'pg_catalog');
  const meant = builtIn.length > 0 ? builtIn : found;
  if (meant.length === 0) refuse(`There is no type ${spell(name)} that the guard can see.`);
  for (const type of meant) {
    const computes = type.trusted && ['b', 'r', 'm'].includes(type.kind);
    if ((!computes && type.kind !== 'e') || DENIED_TYPE.test(type.name))
      refuse(
        `A cast to ${type.schema}.${type.name} is not accepted: only plain built-in types and enums are. Cast to text, or leave the cast out.`,
      );
  }
}
