import { defineService } from '../../toolset/define.ts';
import { advise } from './advise.ts';
import { DatabaseEntry, MongoConnection } from './connection.ts';
import type { MongoTypes } from './tool.ts';
import { tools } from './tools/index.ts';

/** MongoDB 4.2 or later: a server, a replica set or a sharded cluster. */
export const mongodb = defineService<MongoTypes, typeof MongoConnection>({
  type: 'mongodb',
  layer: 'data',
  prefix: 'mongo',
  title: 'MongoDB',
  description: 'A MongoDB server, replica set or sharded cluster, reached by database.',
  connection: MongoConnection,
  subComponents: {
    key: 'databases',
    singular: 'database',
    entry: DatabaseEntry,
    narrowable: ['collections'],
    required: true,
  },
  links: {
    queries: { description: 'Reads the databases and, where a write flag is on, changes documents.' },
    operates: { description: 'Works on the databases and looks after their indexes.' },
    observes: { description: 'Reads, and never changes.', access: 'read' },
  },
  tools,
  configuration: [
    { tool: 'mongo_collections', list: 'collections', key: ['name'], fields: ['type', 'view_on', 'capped'] },
  ],
  connect: async () => (await import('./connect.ts')).connector,
  advise,
});
