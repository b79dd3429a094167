import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWriteLab, type WriteLab } from './fixtures/pg-write-lab.ts';

let lab: WriteLab;
beforeAll(async () => {
  lab = await openWriteLab(`create schema other;
  create table parents (id int primary key, code text unique);
  create table children (id int primary key, parent int, constraint child_of foreign key (parent) references parents on delete cascade);
  create table other.heirs (id int primary key, code text, constraint heir_of foreign key (code) references parents (code) on update cascade on delete set null);
  insert into parents values (1, 'a'), (2, 'b'); insert into children values (1, 1); insert into other.heirs values (1, 'b');
  create table watched (id int primary key, note text); insert into watched values (1, 'x');
  create function log_it() returns trigger language plpgsql as 'begin insert into orders (note) values (new.note); return new; end';
  create trigger logging after update on watched for each row execute function log_it();`);
});
afterAll(() => lab.close());

test('a DELETE that a foreign key passes on is refused, naming the key', async () => {
  expect(await lab.refused('delete from parents where id = 1')).toContain('child_of');
});

test('an UPDATE that a foreign key passes on is refused, naming the key', async () => {
  expect(await lab.refused('update parents set code = $$z$$ where id = 2')).toContain('heir_of');
});

test('a write that fires a trigger is refused, naming the trigger', async () => {
  expect(await lab.refused('update watched set note = $$y$$ where id = 1')).toContain('logging');
});

test('taking back an INSERT deletes no row that came to depend on it', async () => {
  const change = await lab.write({ sql: "insert into parents values (3, 'c')" });
  await lab.admin.query('insert into children values (3, 3)');
  const before = await lab.rowsOf('parents', 'children');
  await expect(lab.revert(change)).rejects.toMatchObject({ code: 'query_refused' });
  expect(await lab.rowsOf('parents', 'children')).toBe(before);
});
