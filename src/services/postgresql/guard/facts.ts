import { z } from 'zod';
import type { Records } from '../types.ts';
import { PURE_EXTENSIONS } from './functions.ts';
import type { Mentions } from './mentions.ts';

/** Runs a constant catalog query; see `PgReader.catalog`. */
export type Catalog = (sql: string, params: readonly (string | readonly string[])[]) => Promise<Records>;

const Named = { schema: z.string(), name: z.string() };
const Relation = z.object({
  ...Named,
  kind: z.string(),
  /** Text of a view or materialized view. */
  definition: z.string().nullable(),
  /** A partition or heir is a foreign table. */
  foreign: z.boolean(),
  /** An heir that is no partition lies in a schema outside the link’s. */
  strays: z.boolean(),
});
const Routine = z.object({
  ...Named,
  /** Made by initdb, or by an extension that only computes. */
  trusted: z.boolean(),
  volatile: z.boolean(),
  /** Takes or gives what only the server’s own code should: object numbers by name, cstring, internal ... */
  handles: z.boolean(),
  /** Can be called as `row.name`. */
  attribute: z.boolean(),
});
const Operator = z.object({ ...Named, trusted: z.boolean() });
const Type = z.object({ ...Named, trusted: z.boolean(), kind: z.string() });
const Cast = z.object({ cast: z.string() });

/** What the server says about the names of a statement, in `pg_catalog` and in the link’s schemas. */
export interface Facts {
  readonly relations: readonly z.infer<typeof Relation>[];
  readonly functions: readonly z.infer<typeof Routine>[];
  readonly operators: readonly z.infer<typeof Operator>[];
  readonly types: readonly z.infer<typeof Type>[];
  /** Casts by functions of users that this statement could set off. */
  readonly casts: readonly z.infer<typeof Cast>[];
}

/** Operators that joins, IN, CASE and ORDER BY use without being told. */
const SILENT_OPERATORS = ['=', '<>', '<', '<=', '>', '>='];

const TRUSTED = (oid: string, catalog: string) => `(${oid} < 16384 or exists (
  select from pg_depend d join pg_extension e on e.oid = d.refobjid
  where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e'
    and d.refclassid = 'pg_extension'::regclass and e.extname = any($6::text[])))`;

// cstring internal oid reg* refcursor; trigger, language_handler and the like give `internal` or a pseudo-type back.
const HANDLES =
  '{2275,2281,26,24,2202,2203,2204,2205,2206,4089,4096,4191,1790,2279,3838,2280,3115,269,325,3310}';

// Those that no function may give, reg* among them: a literal beside such a value would be read as a reference to an
// object, and written as its name. regtype is what pg_typeof gives.
const NEVER_GIVEN = '{2275,2281,2279,3838,24,2202,2203,2204,2205,3734,3769,4089,4096,4191}';

/**
 * $1 schemas, $2 relations, $3 functions and attributes, $4 operators, $5 types, $6 extensions.
 * An object below 16384 was made by initdb; users’ objects start there.
 */
const FACTS = `
with visible as (select oid, nspname from pg_namespace where nspname = 'pg_catalog' or nspname = any($1::text[])),
used as (
  select c.oid, c.relname, c.relkind, c.reltype, v.nspname from pg_class c join visible v on v.oid = c.relnamespace
  where c.relname = any($2::text[]) and c.relkind not in ('i', 'I', 't'))
select 'relations' as kind, jsonb_build_object('schema', u.nspname, 'name', u.relname, 'kind', u.relkind,
  'definition', case when u.relkind in ('v', 'm') and u.nspname <> 'pg_catalog' then pg_get_viewdef(u.oid) end,
  'foreign', coalesce(kin.is_foreign, false), 'strays', coalesce(kin.strays, false)) as fact
from used u cross join lateral (
  with recursive heirs(oid) as (
    select inhrelid from pg_inherits where inhparent = u.oid
    union select i.inhrelid from pg_inherits i join heirs h on i.inhparent = h.oid)
  select bool_or(c.relkind = 'f') as is_foreign,
    bool_or(not c.relispartition and n.nspname <> all($1::text[])) as strays
  from heirs h join pg_class c on c.oid = h.oid join pg_namespace n on n.oid = c.relnamespace) kin
union all
select distinct 'functions', jsonb_build_object('schema', v.nspname, 'name', p.proname,
  'trusted', ${TRUSTED('p.oid', 'pg_proc')}, 'volatile', p.provolatile = 'v',
  'handles', p.prokind <> 'a' and (p.proargtypes::oid[] && '${HANDLES}'::oid[] or p.prorettype = any('${NEVER_GIVEN}'::oid[])),
  'attribute', p.pronargs >= 1 and p.pronargs - p.pronargdefaults <= 1
    and exists (select from pg_type t where t.oid = p.proargtypes[0] and t.typtype in ('c', 'p')))
from pg_proc p join visible v on v.oid = p.pronamespace where p.proname = any($3::text[])
union all
select distinct 'operators', jsonb_build_object('schema', v.nspname, 'name', o.oprname, 'trusted',
  ${TRUSTED('o.oid', 'pg_operator')} and (o.oprcode::oid < 16384 or ${TRUSTED('o.oprcode::oid', 'pg_proc')}))
from pg_operator o join visible v on v.oid = o.oprnamespace where o.oprname = any($4::text[])
union all
select distinct 'types', jsonb_build_object('schema', v.nspname, 'name', t.typname, 'kind', t.typtype,
  'trusted', ${TRUSTED('t.oid', 'pg_type')})
from pg_type t join visible v on v.oid = t.typnamespace where t.typname = any($5::text[])
union all
select distinct 'casts', jsonb_build_object('cast', format_type(x.castsource, null) || ' to ' || format_type(x.casttarget, null))
from pg_cast x where x.castfunc <> 0 and not ${TRUSTED('x.castfunc', 'pg_proc')} and (
  (x.castcontext <> 'e' and x.castsource < 16384)
  or exists (select from pg_type t where t.oid = x.casttarget and t.typname = any($5::text[]))
  or x.castsource in (
    select unnest(array[u.reltype, t.oid, t.typelem, t.typbasetype]) from used u
    join pg_attribute a on a.attrelid = u.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid))`;

/** Asks the server what the mentioned names stand for. */
export async function loadFacts(
  mentions: Mentions,
  schemas: readonly string[],
  catalog: Catalog,
): Promise<Facts> {
  const names = (all: readonly { name: string }[]) => [...new Set(all.map((one) => one.name))].sort();
  const functions = names(mentions.functions);
  const { rows } = await catalog(FACTS, [
    schemas,
    names(mentions.relations),
    [...new Set([...functions, ...mentions.attributes])],
    [...new Set([...names(mentions.operators), ...SILENT_OPERATORS])],
    // f(x) is a cast where f is a type.
    [...new Set([...names(mentions.types), ...functions])],
    PURE_EXTENSIONS,
  ]);
  const of = <T>(kind: string, schema: z.ZodType<T>): T[] =>
    rows.filter((row) => row.kind === kind).map((row) => schema.parse(row.fact));
  return {
    relations: of('relations', Relation),
    functions: of('functions', Routine),
    operators: of('operators', Operator),
    types: of('types', Type),
    casts: of('casts', Cast),
  };
}
