import { expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import { openAuditSchema } from '../audit/engines.ts';
import { recordCalls } from '../audit/sample.ts';

const SHIFT = `update audit_record set seq = seq + 1000`;

// The flaw: whoever may write the database changes what the audit says of them.
test.each<[string, string]>([
  [
    'a record that is edited',
    `update audit_record set line = replace(line, 'SELECT 1', 'SELECT 2') where seq = 3`,
  ],
  ['a record that is removed', 'delete from audit_record where seq = 4'],
  ['the first record removed', 'delete from audit_record where seq = 1'],
  [
    'a record that is put in twice',
    `insert into audit_record select chain, 100, line from audit_record where seq = 3`,
  ],
  [
    'two records exchanged',
    `update audit_record set line = case seq when 3 then (select line from audit_record where seq = 4) else (select line from audit_record where seq = 3) end where seq in (3, 4)`,
  ],
  [
    'a line break in a record',
    `update audit_record set line = replace(line, '{"seq"', E'{\\n"seq"') where seq = 3`,
  ],
  [
    'two records put into the row of one',
    `update audit_record set line = line || E'\\n' || (select line from audit_record where seq = 4) where seq = 3;
     delete from audit_record where seq = 4`,
  ],
  [
    'two records put into the row of one with the numbers after them made to fit',
    `update audit_record set line = line || E'\\n' || (select line from audit_record where seq = 4) where seq = 3;
     delete from audit_record where seq = 4;
     update audit_record set seq = seq + 1000 where seq > 4; update audit_record set seq = seq - 1001 where seq > 1000`,
  ],
  ['records kept under other numbers', SHIFT],
  ['a tail that is cut', 'delete from audit_record where seq > 6'],
  [
    'a tail that is cut with the chain’s row made to fit',
    `delete from audit_record where seq > 6;
     update audit_chain set seq = 6, sealed = null, head = (select encode(sha256(convert_to(line, 'UTF8')), 'hex') from audit_record where seq = 6)`,
  ],
  ['all records removed', 'delete from audit_record; delete from audit_chain'],
  ['a head of another’s', `update audit_chain set sealed = replace(sealed, '"open":0', '"open":1')`],
  [
    'a checkpoint over all chains that is edited',
    `update audit_checkpoint set line = replace(line, '"seq":9', '"seq":8')`,
  ],
  [
    'a checkpoint that is put in',
    `insert into audit_checkpoint (number, line) select 2, replace(line, '"number":1', '"number":2') from audit_checkpoint`,
  ],
])('%s is found', async (_name, sql) => {
  const at = await openAuditSchema();
  const { log } = await at.replica();
  await recordCalls(log, 4);
  await log.close();
  expect((await verifyAudit(at.book)).ok).toBe(true);
  await at.direct.query(sql);
  expect((await verifyAudit(at.book)).ok).toBe(false);
});

test('a checkpoint that an older key of nobody’s signed is found, and so is a pinned key that is another', async () => {
  const at = await openAuditSchema();
  const other = await openAuditSchema();
  for (const one of [at, other]) {
    const { log } = await one.replica();
    await recordCalls(log, 2);
    await log.close();
  }
  const pinned = (one: typeof at) => one.signer.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  expect((await verifyAudit(at.book, { publicKey: pinned(at) })).ok).toBe(true);
  expect((await verifyAudit(at.book, { publicKey: pinned(other) })).ok).toBe(false);
  const { rows } = await other.direct.query('select line from audit_checkpoint');
  await at.direct.query('update audit_checkpoint set line = $1', [rows[0].line]);
  expect((await verifyAudit(at.book)).problems.join()).toContain('no published key signed');
});
