import type { Document } from 'bson';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/mongodb/connect.ts';
import type { DatabaseEntry, MongoConnection } from '../../../src/services/mongodb/connection.ts';
import type { MongoTypes } from '../../../src/services/mongodb/tool.ts';
import type { Endpoint, Limits } from '../../../src/toolset/define.ts';
import { openToolLab } from '../../harness/tool-lab.ts';
import { tapWire } from '../../harness/wiretap.ts';
import { type MongoTwin, startMongoTwin } from '../../twins/mongodb.ts';

export const LIMITS: Limits = { rows: 500, bytes: 256 * 1024, deadlineMs: 5_000 };

type Connection = Endpoint<MongoConnection>['connection'];

/** Collections of a link that reaches a part of the database `shop`. */
export const NARROW: DatabaseEntry = {
  collections: ['orders', 'items', 'report.*', 'open_orders', 'peeking'],
};

export const connectionTo = (port: number, more: Partial<Connection> = {}): Connection => ({
  host: '127.0.0.1',
  port,
  other_hosts: [],
  credentials: {
    user: 'reader',
    password: new Secret('password', 'twin-pass-word'),
    auth_source: 'admin',
    mechanism: 'SCRAM-SHA-256',
  },
  ...more,
});

export function openMongo(
  port: number,
  subs: Readonly<Record<string, DatabaseEntry>> = { shop: NARROW },
  more: Partial<Connection> = {},
) {
  return openToolLab<MongoTypes, MongoConnection>({
    connector,
    connection: connectionTo(port, more),
    subs,
    limits: LIMITS,
    component: 'db',
  });
}
export type Mongo = ReturnType<typeof openMongo>;

/** A twin with a shop in it, behind a tap that keeps what the tools send. */
export async function openLab() {
  const twin = await startMongoTwin();
  const tap = await tapWire(twin.port);
  fill(twin);
  return {
    twin,
    tap,
    mongo: openMongo(tap.port),
    /** The commands that left since the last `forget`, without those about the connection. */
    sent: (): Document[] => twin.commands.map(({ body }) => body),
    forget() {
      twin.forget();
      tap.forget();
    },
    async close() {
      await tap.close();
      await twin.close();
    },
  };
}
export type Lab = Awaited<ReturnType<typeof openLab>>;

function fill({ state }: MongoTwin): void {
  state.put(
    'shop',
    'orders',
    { _id: 1, customer: 'ann', total: 10, tags: ['new', 'eu'], item: 'a' },
    { _id: 2, customer: 'bob', total: 25, tags: ['eu'], item: 'b' },
    { _id: 3, customer: 'ann', total: 7, item: 'a' },
  );
  state.put('shop', 'items', { _id: 'a', name: 'apple' }, { _id: 'b', name: 'bread' });
  state.put('shop', 'secrets', { _id: 1, card: 'hidden-card' });
  state.put('shop', 'report.daily', { _id: 1, n: 3 });
  state.create('shop', 'open_orders', { viewOn: 'orders', pipeline: [{ $match: { total: { $gt: 8 } } }] });
  state.create('shop', 'peeking', {
    viewOn: 'orders',
    pipeline: [{ $lookup: { from: 'secrets', localField: '_id', foreignField: '_id', as: 's' } }],
  });
  state.put('other', 'orders', { _id: 9, of: 'others' });
}
