import { z } from 'zod';
import type { JsonValue, Precheck } from '../../../toolset/define.ts';
import type { PgReader, StatementOptions } from '../types.ts';
import { quotedName } from './table.ts';
import { Before, INVERSE } from './take-back.ts';

// A right on some columns is a right of some kind; which ones the statement needs, the server says when it is tried.
const TABLE = `
select (select coalesce(jsonb_agg(a.attname order by a.attnum), '[]') from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
       case $3::text when 'DELETE' then has_table_privilege(c.oid, 'DELETE')
                     else has_any_column_privilege(c.oid, $3::text) end as may_write,
       has_any_column_privilege(c.oid, 'SELECT') as may_read
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = $1::text and c.relname = $2::text`;

const Facts = z.object({ columns: z.array(z.string()), may_write: z.boolean(), may_read: z.boolean() });

/** What is in the way of a step that writes a table, by the table's shape and the role's rights as they are now. */
export async function tableAhead(
  reader: PgReader,
  { before, how }: { before: JsonValue; how: 'revert' | 'redo' },
  options: StatementOptions,
): Promise<Precheck> {
  const { command, image } = Before.parse(before);
  const needed = how === 'revert' ? INVERSE[command] : command;
  const { rows } = await reader.catalog(TABLE, [image.schema, image.table, needed], options);
  const name = quotedName({ schema: image.schema, name: image.table });
  if (!rows[0]) return { obstacles: [`the table ${name} is not there any more`] };
  const { columns, may_write: mayWrite, may_read: mayRead } = Facts.parse(rows[0]);
  const [gone, come] = [difference(image.columns, columns), difference(columns, image.columns)];
  return {
    obstacles: [
      ...(gone.length > 0 ? [`columns of ${name} are gone since the write: ${gone.join(', ')}`] : []),
      ...(come.length > 0 ? [`columns of ${name} came since the write: ${come.join(', ')}`] : []),
      ...(mayWrite ? [] : [`the role may not ${needed} on ${name}`]),
      ...(mayRead ? [] : [`the role may not SELECT on ${name}`]),
    ],
  };
}

const difference = (all: readonly string[], others: readonly string[]): string[] =>
  all.filter((one) => !others.includes(one));
