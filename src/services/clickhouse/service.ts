import { defineService } from '../../toolset/define.ts';
import { advise } from './advise.ts';
import { ClickHouseConnection, DatabaseEntry } from './connection.ts';
import { isOwnDatabase } from './names.ts';
import type { ClickHouseTypes } from './tool.ts';
import { describe } from './tools/describe.ts';
import { explain } from './tools/explain.ts';
import { insert } from './tools/insert.ts';
import { insertKeyed } from './tools/insert-keyed.ts';
import { parts } from './tools/parts.ts';
import { query } from './tools/query.ts';
import { runningQueries } from './tools/running-queries.ts';
import { tables } from './tools/tables.ts';

/** ClickHouse, through its HTTP interface. */
export const clickhouse = defineService<ClickHouseTypes, typeof ClickHouseConnection>({
  type: 'clickhouse',
  layer: 'data',
  prefix: 'clickhouse',
  title: 'ClickHouse',
  description: 'A ClickHouse server with its databases.',
  connection: ClickHouseConnection,
  subComponents: {
    key: 'databases',
    singular: 'database',
    entry: DatabaseEntry,
    narrowable: ['tables'],
    required: true,
    check: (entries) =>
      [...entries.keys()].filter(isOwnDatabase).map((sub) => ({
        sub,
        path: [],
        message: 'is the server’s own database, which no link reaches; name a database of yours',
      })),
  },
  links: {
    queries: { description: 'Reads the tables and, where a write flag is on, adds rows.' },
    operates: { description: 'Works on the tables and looks after them.' },
    observes: { description: 'Reads, and never changes.', access: 'read' },
  },
  tools: [query, explain, tables, describe, parts, runningQueries, insert, insertKeyed],
  configuration: [{ tool: 'clickhouse_tables', list: 'tables', key: ['name'], fields: ['engine'] }],
  connect: async () => (await import('./connect.ts')).connector,
  advise,
});
