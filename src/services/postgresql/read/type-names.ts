import type { JsonValue } from '../../../toolset/define.ts';
import type { RawRows } from './statement.ts';
import type { PgType } from './values.ts';

// int2vector and oidvector are subscripted but not written as arrays, and box[] is divided by semicolons: all stay text.
/** All built-in types (below 16384) that a column can have, and those that are asked for. */
const TYPES = `
select t.oid, format_type(t.oid, null), coalesce(e.oid, 0) from pg_type t left join pg_type e on e.typarray = t.oid and e.typdelim = ','
where t.oid = any($1::oid[]) or (t.oid < 16384 and t.typtype in ('b', 'r', 'm'))`;

/**
 * Names the types of columns. The first question brings all built-in types; later ones are asked only for a type
 * of a user that was not seen before.
 */
export function createTypeNames(ask: (sql: string, params: readonly JsonValue[]) => Promise<RawRows>) {
  const known = new Map<number, PgType>();
  return async (oids: readonly number[]): Promise<ReadonlyMap<number, PgType>> => {
    const missing = oids.filter((oid) => !known.has(oid));
    if (missing.length === 0) return known;
    const { rows } = await ask(TYPES, [missing]);
    for (const [oid, name, element] of rows)
      known.set(Number(oid), {
        name: name ?? 'unknown',
        ...(Number(element) && { element: Number(element) }),
      });
    // A type that went meanwhile, or a pseudo-type such as record, is not asked for again.
    for (const oid of missing) if (!known.has(oid)) known.set(oid, { name: 'unknown' });
    return known;
  };
}
