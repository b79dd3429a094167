import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from '../../attacks/fixtures/pg-lab.ts';

const user = `reader_${randomBytes(4).toString('hex')}`;
const role = { user, password: 'of-the-test' };
const CREATE = `create role ${user} login password 'of-the-test'; grant usage on schema public to ${user};
  grant select on customers to ${user};`;

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab(CREATE, { role });
});
afterAll(async () => {
  await lab.admin.query(`drop owned by ${user}; drop role ${user}`);
  await lab.close();
});

test('the least role draws no warning', () => expect(lab.warnings).toEqual([]));

test('what is granted can be read, the rest is permission_denied', async () => {
  expect((await lab.call('pg_query', { sql: 'select count(*) from customers' })).rows).toEqual([['20']]);
  await expect(lab.call('pg_query', { sql: 'select * from orders' })).rejects.toMatchObject({
    code: 'permission_denied',
  });
});

test('a mighty role draws a warning for each of its powers', async () => {
  const superuser = await openPgLab();
  expect(superuser.warnings.join('\n')).toMatch(/SUPERUSER.*owns the database.*owns 2 tables/s);
  await superuser.close();
  const mighty = await openPgLab(
    `alter role ${user} createdb createrole bypassrls replication; grant pg_read_server_files to ${user};
     grant pg_execute_server_program to ${user}`,
    { role },
  );
  for (const power of [
    'CREATEDB',
    'CREATEROLE',
    'BYPASSRLS',
    'REPLICATION',
    'pg_read_server_files',
    'pg_execute_server_program',
  ])
    expect(mighty.warnings.join('\n')).toContain(power);
  await mighty.close();
});

test('a wrong password is login_failed and is not repeated', async () => {
  const error = await openPgLab('', { role: { user, password: 'wrong-password' } }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'login_failed' });
  expect(JSON.stringify(error) + String(error)).not.toContain('wrong-password');
});
