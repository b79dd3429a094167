import { ToolError } from '../../../toolset/errors.ts';
import { quotedName, type Table } from './table.ts';
import type { PgWriter } from './transaction.ts';

interface Touched {
  readonly counting: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly elsewhere: string | null;
  readonly held: string | null;
}

// The server counts what each transaction did to each table; a session holds one transaction only. What it does not
// count (TRUNCATE, DDL, large objects, advisory locks) takes a lock that no plain write of the table needs.
const TOUCHED = `
SELECT current_setting('track_counts') AS counting,
       coalesce(sum(n_tup_ins) FILTER (WHERE relid = ANY ($1::int8[]::oid[])), 0)::float8 AS inserted,
       coalesce(sum(n_tup_upd) FILTER (WHERE relid = ANY ($1::int8[]::oid[])), 0)::float8 AS updated,
       coalesce(sum(n_tup_del) FILTER (WHERE relid = ANY ($1::int8[]::oid[])), 0)::float8 AS deleted,
       string_agg(format('%I.%I', schemaname, relname), ', ')
         FILTER (WHERE relid <> ALL ($1::int8[]::oid[]) AND n_tup_ins + n_tup_upd + n_tup_del > 0) AS elsewhere,
       (SELECT string_agg(DISTINCT coalesce(l.relation::regclass::text, l.locktype || ' locks'), ', ')
          FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation LEFT JOIN pg_index x ON x.indexrelid = c.oid
          LEFT JOIN pg_class o ON o.reltoastrelid = coalesce(x.indrelid, c.oid)
         WHERE l.pid = pg_backend_pid() AND l.database IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
           AND CASE l.locktype
               WHEN 'relation' THEN l.mode NOT IN ('AccessShareLock', 'RowShareLock') AND c.relkind IS DISTINCT FROM 'S'
                 AND NOT coalesce(o.oid, x.indrelid, l.relation) = ANY ($1::int8[]::oid[])
               ELSE l.locktype IN ('advisory', 'object') END) AS held
  FROM pg_stat_xact_user_tables`;

/**
 * Proves by the server's own count that this transaction changed `rows` rows of the table and nothing elsewhere:
 * whatever a default, a constraint or a cascade may hide, it cannot change a row unseen.
 * @throws ToolError('write_refused')
 */
export async function mustChangeOnly(
  writer: PgWriter,
  table: Table,
  command: 'INSERT' | 'UPDATE' | 'DELETE',
  rows: number,
): Promise<void> {
  const [touched] = await writer.records<Touched>(TOUCHED, [table.tree]);
  if (touched?.counting !== 'on')
    throw new ToolError(
      'write_refused',
      'the server does not count what a transaction changes (track_counts is off), so that the write could not be checked; an operator can set it on',
    );
  if (touched.elsewhere)
    throw new ToolError(
      'write_refused',
      `the ${command} also changed rows of ${touched.elsewhere}, which could not be taken back; nothing has changed`,
    );
  if (touched.held)
    throw new ToolError(
      'write_refused',
      `the ${command} also reached ${touched.held}: a function of the table’s own did more than compute a value, which could not be taken back; nothing has changed`,
    );
  if (!isExpected(touched, command, rows))
    throw new ToolError(
      'write_refused',
      `the ${command} changed more rows of ${quotedName(table)} than it named, which could not be taken back; nothing has changed`,
    );
}

function isExpected({ inserted, updated, deleted }: Touched, command: string, rows: number): boolean {
  if (command === 'INSERT') return inserted === rows && updated === 0 && deleted === 0;
  if (command === 'DELETE') return deleted === rows && updated === 0 && inserted === 0;
  // A row that moves to another partition is a deletion and an insertion.
  return updated + inserted === rows && deleted === inserted;
}
