import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openOwnKeys } from '../../src/store/keys.ts';

const folders: string[] = [];
afterEach(() => {
  for (const one of folders.splice(0)) rmSync(one, { recursive: true, force: true });
});

/** A data directory whose approvals are sealed with a key that the attacker chose. */
function prepared() {
  const folder = mkdtempSync(join(tmpdir(), 'stackward-keys-'));
  folders.push(folder);
  const theirs = join(folder, 'theirs');
  mkdirSync(theirs);
  writeFileSync(join(theirs, 'approvals.key'), Buffer.alloc(32, 7));
  return { folder, theirs };
}

test('keys behind a symbolic link are not taken', () => {
  const { folder, theirs } = prepared();
  symlinkSync(theirs, join(folder, 'keys'));
  expect(() => openOwnKeys(folder).of('approvals')).toThrow(/symbolic link/);
});

test.skipIf(process.getuid?.() !== 0)(
  'keys that another user laid ready are not taken, nor is that user’s data directory written to as root',
  () => {
    const { folder } = prepared();
    const keys = join(folder, 'keys');
    mkdirSync(keys);
    writeFileSync(join(keys, 'approvals.key'), Buffer.alloc(32, 7));
    chownSync(keys, 12_345, 12_345);
    expect(() => openOwnKeys(folder).of('approvals')).toThrow(/belongs to user 12345/);
  },
);
