import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { beginTransaction } from '../../../src/services/postgresql/writer/transaction.ts';
import { openWriteLab, type WriteLab } from '../../attacks/fixtures/pg-write-lab.ts';

// Roles are the whole server's.
const clerk = `clerk_${randomBytes(6).toString('hex')}`;
let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab(`
    create table public.pg_class (id int primary key, note text); insert into public.pg_class values (1, 'decoy');
    create schema second; create table second.customers (id int primary key); create table second.only_here (id int primary key, note text);
    insert into second.only_here values (1, 'a');
    create role ${clerk} login password 'clerk'; grant select on customers to ${clerk}; grant usage on schema public to ${clerk};`);
});
afterAll(async () => {
  await lab.admin.query(`drop owned by ${clerk}; drop role ${clerk}`);
  await lab.close();
});

const login = (more: object = {}) => ({
  ...inject('postgres'),
  host: '127.0.0.1',
  database: lab.database,
  ...more,
});
const begin = (config: object = {}, schemas = ['public']) =>
  beginTransaction({ config: login(config), schemas, deadlineMs: 20_000 });

describe('the session', () => {
  test('closing it rolls back what was not committed', async () => {
    const { client, close } = await begin();
    await client.run("update customers set name = 'changed' where id = 1");
    await close();
    expect(await lab.rowsOf('customers')).not.toContain('changed');
  });

  test('nothing runs after it was closed, not even a COMMIT', async () => {
    const { client, close } = await begin();
    await close();
    await expect(client.run('delete from customers where id = 1')).rejects.toMatchObject({
      code: 'cancelled',
    });
    await expect(client.commit()).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('closing it ends a statement that waits for a lock', async () => {
    const other = await lab.session();
    await other.query('begin; update customers set name = name where id = 1');
    const { client, close } = await begin();
    const waiting = client
      .run("update customers set name = 'late' where id = 1")
      .catch((error: unknown) => error);
    const waiters = () => lab.admin.query('select count(*)::int as n from pg_locks where not granted');
    await expect.poll(async () => (await waiters()).rows[0].n).toBe(1);
    await close();
    expect(await waiting).toMatchObject({ name: 'ToolError' });
    await expect.poll(async () => (await waiters()).rows[0].n).toBe(0);
    await other.query('rollback');
  });

  test('a lost connection is known before COMMIT is sent', async () => {
    const { client, close } = await begin();
    const { rows } = await client.run('select pg_backend_pid()');
    await lab.admin.query('select pg_terminate_backend($1::int)', [rows[0]?.[0]]);
    await expect.poll(() => client.run('select 1').catch((error) => error.code)).toBe('unreachable');
    await expect(client.commit()).rejects.toMatchObject({ code: 'unreachable' });
    await close();
  });

  test('a role that may not write is told so, without a trace of the driver', async () => {
    const { client, close } = await begin({ user: clerk, password: 'clerk' });
    await expect(client.run('delete from customers where id = 1')).rejects.toMatchObject({
      code: 'permission_denied',
    });
    await close();
  });

  test('a wrong password is a failed login', async () => {
    await expect(begin({ user: clerk, password: 'wrong' })).rejects.toMatchObject({ code: 'login_failed' });
  });

  test('settings of the database that change what text means do not reach it', async () => {
    await lab.admin
      .query(`alter database ${lab.database} set standard_conforming_strings = off`)
      .catch(() => {});
    await lab.admin.query(`alter database ${lab.database} set datestyle = 'SQL, DMY'`);
    await lab.admin.query(`alter database ${lab.database} set default_transaction_read_only = on`);
    const { client, close } = await begin();
    expect((await client.run("select date '2024-02-01', '\\x'")).rows).toEqual([['2024-02-01', '\\x']]);
    await client.run('update customers set name = name where id = 1');
    await close();
    await lab.admin.query(
      `set default_transaction_read_only = off; alter database ${lab.database} reset all`,
    );
  });
});

describe('names', () => {
  test('an unqualified name means what the statement will mean', async () => {
    // pg_catalog is searched first, so the table of the shop that has the catalog's name is not the one meant.
    await expect(lab.write({ sql: "update pg_class set note = 'x' where id = 1" })).rejects.toMatchObject({
      code: 'not_found',
    });
    const { output } = await lab.write({ sql: "update public.pg_class set note = 'x' where id = 1" });
    expect(output.rows_affected).toBe(1);
  });

  test('each schema of the link is reached, and the answer says which', async () => {
    const schemas = ['public', 'second'];
    const { output } = await lab.write({ sql: "update only_here set note = 'b' where id = 1" }, { schemas });
    expect(output.table).toBe('second.only_here');
    await expect(lab.write({ sql: "update only_here set note = 'c' where id = 1" })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

test('where the server does not count changes nothing is written', async () => {
  const before = await lab.rowsOf('customers');
  await lab.admin.query(`alter database ${lab.database} set track_counts = off`);
  await expect(lab.write({ sql: "update customers set name = 'x' where id = 2" })).rejects.toMatchObject({
    code: 'write_refused',
    detail: expect.stringContaining('track_counts'),
  });
  await lab.admin.query(`alter database ${lab.database} reset track_counts`);
  expect(await lab.rowsOf('customers')).toBe(before);
});

describe('an answer to COMMIT that never comes', () => {
  let relay: Server;
  let passOn: boolean;
  beforeAll(async () => {
    relay = createServer((inbound) => {
      const outbound = connect(inject('postgres').port, '127.0.0.1');
      for (const socket of [inbound, outbound]) socket.on('error', () => {});
      outbound.pipe(inbound);
      inbound.on('data', (chunk) => {
        if (!chunk.includes('COMMIT')) return outbound.write(chunk);
        outbound.unpipe(inbound);
        inbound.destroy();
        // With a half-closed socket the server still does what it was sent.
        return passOn ? outbound.end(chunk) : outbound.destroy();
      });
      inbound.on('close', () => passOn || outbound.destroy());
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => relay.close());

  test.each([
    [true, 'committed'],
    [false, 'rolled back'],
  ])('leaves the outcome unknown (%s: %s)', async (passed, outcome) => {
    passOn = passed;
    const { client, close } = await begin({ port: (relay.address() as AddressInfo).port });
    await client.run(`update customers set name = '${outcome}' where id = 3`);
    await expect(client.commit()).rejects.toMatchObject({ code: 'outcome_unknown' });
    await close();
    if (passed) await expect.poll(() => lab.rowsOf('customers')).toContain(outcome);
    else expect(await lab.rowsOf('customers')).not.toContain(outcome);
  });
});
