import { z } from 'zod';
import { defineService } from '../../toolset/define.ts';
import { adviseRole } from './advise.ts';
import { ConnectionSchema } from './connection.ts';
import { activeQueries } from './tools/active-queries.ts';
import { describeTable } from './tools/describe-table.ts';
import { execute } from './tools/execute.ts';
import { explain } from './tools/explain.ts';
import { health } from './tools/health.ts';
import { listDatabases } from './tools/list-databases.ts';
import { listTables } from './tools/list-tables.ts';
import { locks } from './tools/locks.ts';
import { query } from './tools/query.ts';
import { topQueries } from './tools/top-queries.ts';
import type { Pg } from './types.ts';

const SchemaName = z
  .string()
  .min(1)
  .max(63)
  .refine((name) => !/^pg_|^information_schema$/.test(name), 'a schema of the server’s own cannot be linked');

export const postgresql = defineService<Pg, typeof ConnectionSchema>({
  type: 'postgresql',
  layer: 'data',
  title: 'PostgreSQL',
  description: 'A PostgreSQL server with its databases.',
  prefix: 'pg',
  connection: ConnectionSchema,
  subComponents: {
    key: 'databases',
    singular: 'database',
    entry: z.strictObject({
      schemas: z.array(SchemaName).min(1).default(['public']).describe('Schemas that the tools reach'),
    }),
    narrowable: ['schemas'],
    required: true,
  },
  links: {
    queries: { description: 'Reads the databases and, where a write flag is on, changes rows.' },
    operates: { description: 'Works on the databases and looks after the server.' },
    observes: { description: 'Reads the databases and the server’s health.', access: 'read' },
  },
  tools: [
    query,
    explain,
    listDatabases,
    listTables,
    describeTable,
    activeQueries,
    locks,
    topQueries,
    health,
    execute,
  ],
  configuration: [
    {
      tool: 'pg_list_tables',
      list: 'tables',
      key: ['schema', 'name'],
      fields: ['kind', 'partition_of', 'comment'],
    },
  ],
  connect: async () => (await import('./connect.ts')).connector,
  advise: adviseRole,
});
