import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isSigned } from '../../src/audit/checkpoint.ts';
import { keyId, parsePublicKey, readKeysIn, signerOf } from '../../src/audit/keys.ts';
import { run } from './run.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'stackward-keys-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test('keys create writes the public key of the audit beside the private one, and prints its fingerprint', async () => {
  const dir = join(folder(), 'keys');
  const made = await run(['keys', 'create', dir, '--json']);
  expect(made.code).toBe(0);
  const said = JSON.parse(made.out) as { fingerprint: string; public: string; files: string[] };
  expect(said.public).toBe(`${said.fingerprint}.pub`);
  expect(readdirSync(dir).sort()).toEqual([...said.files, said.public].sort());

  const published = parsePublicKey(readFileSync(join(dir, said.public), 'utf8'));
  if (!published) throw new Error('it is no public key');
  expect(keyId(published)).toBe(said.fingerprint);
  const signature = signerOf(readFileSync(join(dir, 'signing.key'), 'utf8')).sign('a checkpoint');
  expect(isSigned(published, 'a checkpoint', signature)).toBe(true);
  expect((await readKeysIn(dir)).damaged).toEqual([]);
  expect(readFileSync(join(dir, said.public), 'utf8')).not.toContain('PRIVATE');
});

test('the same in words, and never twice into one folder', async () => {
  const dir = join(folder(), 'keys');
  const made = await run(['keys', 'create', dir]);
  expect(made.out).toMatch(/^[0-9a-f]{16}\.pub is public: keep it where the replicas cannot write/m);
  const again = await run(['keys', 'create', dir]);
  expect([again.code, again.err]).toEqual([
    1,
    expect.stringContaining('is there already; name a new folder'),
  ]);
});
