import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPgLab, type PgLab } from './fixtures/pg-lab.ts';

let lab: PgLab;
beforeAll(async () => {
  lab = await openPgLab();
});
afterAll(() => lab.close());

test.each([
  `select query_to_xml('select * from private.salaries', true, true, '')`,
  `select query_to_xmlschema('select 1', true, true, '')`,
  `select query_to_xml_and_xmlschema('drop table orders', true, true, '')`,
  `select table_to_xml('private.salaries', true, true, '')`,
  `select schema_to_xml('private', true, true, '')`,
  `select database_to_xml(true, true, '')`,
  `select cursor_to_xml('c', 1, true, true, '')`,
  `select * from xmltable('/a' passing '<a/>' columns x text)`,
  `select xmlelement(name a, query_to_xml('select 1', true, true, ''))`,
])('%s', async (sql) => {
  expect(await lab.refused(sql, { neverSent: ['to_xml', 'salaries'] })).toMatch(/accepted/);
});
