import { assertKey, type Documents, type StoredText } from '../documents.ts';
import { LeaseLost } from '../leases.ts';
import type { Statements } from './database.ts';
import { HELD } from './leases.ts';

/** The documents of one collection in the table `document`. */
export function openPostgresDocuments(database: Statements, collection: string): Documents {
  const query = <Row extends object>(text: string, ...values: readonly unknown[]) =>
    database.query<Row>(text, [collection, ...values]);
  const readMany = async (keys: readonly string[]) => {
    for (const key of keys) assertKey(key);
    const found = await query<StoredText>(
      'select key, content as text from document where collection = $1 and key = any($2)',
      keys,
    );
    return new Map(found.map(({ key, text }) => [key, text]));
  };
  const outermost = async (order: 'asc' | 'desc') => {
    const [found] = await query<{ key: string }>(
      `select key from document where collection = $1 order by key ${order} limit 1`,
    );
    return found?.key;
  };
  return {
    readMany,
    async create(key, text) {
      assertKey(key);
      const made = await query(
        'insert into document (collection, key, content) values ($1, $2, $3) on conflict do nothing returning 1',
        key,
        text,
      );
      return made.length > 0;
    },
    async replace(key, text, under) {
      assertKey(key);
      if (!under) {
        await query(
          `insert into document (collection, key, content) values ($1, $2, $3) ${OVERWRITE}`,
          key,
          text,
        );
        return;
      }
      const { name, fence } = under.lease;
      // The lease's row is locked, so that nobody takes it between the look at it and the end of this statement.
      const done = await query(
        `with held as (select from lease where name = $4 and fence = $5 and ${HELD} for share)
         insert into document (collection, key, content) select $1, $2, $3 from held ${OVERWRITE} returning 1`,
        ...[key, text, name, fence],
      );
      if (done.length === 0) throw new LeaseLost(name);
    },
    read: async (key) => (await readMany([key])).get(key),
    async has(key) {
      assertKey(key);
      return (await query('select from document where collection = $1 and key = $2', key)).length > 0;
    },
    async keys({ from, before } = {}) {
      const found = await query<{ key: string }>(
        `select key from document where collection = $1
         and ($2::text is null or key >= $2) and ($3::text is null or key < $3) order by key`,
        ...[from ?? null, before ?? null],
      );
      return found.map(({ key }) => key);
    },
    first: () => outermost('asc'),
    last: () => outermost('desc'),
    all: () =>
      query<StoredText>('select key, content as text from document where collection = $1 order by key'),
    async remove(key) {
      assertKey(key);
      await query('delete from document where collection = $1 and key = $2', key);
    },
    async touch(key) {
      assertKey(key);
      const touched = await query(
        'update document set changed = clock_timestamp() where collection = $1 and key = $2 returning 1',
        key,
      );
      return touched.length > 0;
    },
    async stale(ms) {
      const found = await query<{ key: string }>(
        `select key from document where collection = $1 and ${OLDER_THAN} order by key`,
        ms,
      );
      return found.map(({ key }) => key);
    },
    async removeStale(key, ms) {
      assertKey(key);
      // A row that is touched meanwhile is waited for, and looked at again.
      const removed = await query(
        `delete from document where collection = $1 and ${OLDER_THAN} and key = $3 returning 1`,
        ...[ms, key],
      );
      return removed.length > 0;
    },
  };
}

const OLDER_THAN = `changed < clock_timestamp() - $2 * interval '1 millisecond'`;

const OVERWRITE = `on conflict (collection, key)
  do update set content = excluded.content, changed = clock_timestamp()`;
