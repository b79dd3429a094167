import { generateKeyPairSync } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileBook } from '../../src/audit/file-book.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { auditDir, closedLog, editLines, openLog, recordCalls } from '../audit/sample.ts';

const publicKeyOf = (dir: string) => {
  const name = readdirSync(join(dir, 'keys')).find((file) => file.endsWith('.pub')) ?? '';
  return { name, text: readFileSync(join(dir, 'keys', name), 'utf8') };
};

// The flaw: a checkpoint that anybody can make seals nothing.
test('a checkpoint with a signature of another record is found', async () => {
  const dir = await closedLog(5);
  editLines(dir, (lines) => {
    const signatures = lines
      .map((line) => /"signature":"([^"]+)"/.exec(line)?.[1])
      .filter((found) => found !== undefined);
    return lines.map((line) => line.replace(/"signature":"[^"]+"/, `"signature":"${signatures[0]}"`));
  });
  const { ok, chains } = await verifyAudit(openFileBook(dir));
  expect(ok).toBe(false);
  expect(chains[0]?.problems.map(({ problem }) => problem).join()).toContain('signature is wrong');
});

test('a chain that a key of the attacker’s own signed is found when that key is not published', async () => {
  const dir = await closedLog(5);
  const forger = await closedLog(5);
  rmSync(join(dir, 'chains'), { recursive: true });

  cpSync(join(forger, 'chains'), join(dir, 'chains'), { recursive: true });
  const { ok, chains } = await verifyAudit(openFileBook(dir));
  expect(ok).toBe(false);
  expect(chains[0]?.problems.map(({ problem }) => problem).join()).toContain('not a published one');
});

test('a key that the attacker published too does not pass where the true one is pinned', async () => {
  const dir = await closedLog(5);
  const { name, text } = publicKeyOf(dir);
  rmSync(dir, { recursive: true });
  const { log } = await openLog(dir);
  await recordCalls(log, 5);
  await log.close();
  writeFileSync(join(dir, 'keys', name), text);
  expect((await verifyAudit(openFileBook(dir))).ok).toBe(true);
  expect((await verifyAudit(openFileBook(dir), { publicKey: text })).ok).toBe(false);
});

test('another key under the published one’s name is found', async () => {
  const dir = await closedLog(1);
  const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
  writeFileSync(join(dir, 'keys', publicKeyOf(dir).name), other);
  expect(await verifyAudit(openFileBook(dir))).toMatchObject({
    ok: false,
    problems: expect.arrayContaining([expect.stringContaining('not the public key')]),
  });
  expect(await verifyAudit(openFileBook(auditDir()))).toMatchObject({ ok: true });
});
