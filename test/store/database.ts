import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase } from '../../src/store/postgres/database.ts';

/** A schema of its own in the harness's PostgreSQL, and a superuser's connection to look at it with. */
export async function openSchema() {
  const { port, user, password } = inject('postgres');
  const schema = `store_${randomBytes(4).toString('hex')}`;
  const url = `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  const database = await openDatabase({ url, schema });
  const direct = new pg.Client({ connectionString: url });
  await direct.connect();
  await direct.query(`set search_path to ${schema}`);
  return {
    url,
    schema,
    database,
    direct,
    async close() {
      await database.close();
      await direct.query(`drop schema if exists ${schema} cascade`);
      await direct.end();
    },
  };
}
