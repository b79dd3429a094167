import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';
import { DatabaseEntry } from './connection.ts';
import { quoteName } from './sql/quote.ts';

/**
 * The statements that give a component's account no more than the tools need. `PASSWORD` in them is for the operator
 * to fill in.
 *
 * @see https://clickhouse.com/docs/sql-reference/statements/grant
 */
export function advise(component: Component, access: Access): readonly string[] {
  return [
    "CREATE USER stackward IDENTIFIED BY 'PASSWORD';",
    ...['settings', 'tables', 'columns', 'parts', 'processes'].map(
      (table) => `GRANT SELECT ON system.${table} TO stackward;`,
    ),
    '-- clickhouse_running_queries sees the queries of other accounts with this',
    'GRANT SHOW PROCESSLIST ON *.* TO stackward;',
    ...[...component.subs].flatMap(([name, entry]) => grants(name, DatabaseEntry.parse(entry), access)),
  ];
}

/** Beginnings of names cannot be granted by every version, so a list with one of them gets its whole database. */
function grants(database: string, { tables, keys }: DatabaseEntry, access: Access): readonly string[] {
  const isWhole = tables === undefined || tables.some((pattern) => pattern.endsWith('*'));
  const places = isWhole ? ['*'] : tables.map(quoteName);
  const rights = access === 'write' ? 'SELECT, INSERT' : 'SELECT';
  const keyed = access === 'write' ? Object.keys(keys ?? {}) : [];
  return [
    ...places.map((place) => `GRANT ${rights} ON ${quoteName(database)}.${place} TO stackward;`),
    ...keyed.map((table) => `GRANT ALTER DELETE ON ${quoteName(database)}.${quoteName(table)} TO stackward;`),
  ];
}
