import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSources } from '../../src/secrets/sources.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'stackward-secrets-'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const write = (name: string, content: string | Buffer, mode = 0o600) => {
  writeFileSync(join(cwd, name), content);
  chmodSync(join(cwd, name), mode);
};
const read = async (file: string, warn?: (message: string) => void) =>
  (await openSources({ env: {}, cwd, ...(warn ? { warn } : {}) }).read({ file }, 'password')).expose();

test('a variable is read; unset or empty is unavailable and named', async () => {
  const sources = openSources({ env: { SET: ' s3cr3t\n', EMPTY: '' }, cwd });
  expect((await sources.read({ env: 'SET' }, 'password')).expose()).toBe(' s3cr3t\n');
  const failure = (detail: string) => expect.objectContaining({ code: 'secret_unavailable', detail });
  await expect(sources.read({ env: 'EMPTY' }, 'password')).rejects.toEqual(
    failure('the environment variable EMPTY is empty'),
  );
  await expect(sources.read({ env: 'UNSET' }, 'password')).rejects.toEqual(
    failure('the environment variable UNSET is not set'),
  );
});

test('a file is read from the folder of the topology, and one trailing newline is dropped', async () => {
  for (const [content, value] of [
    ['s3cr3t', 's3cr3t'],
    ['s3cr3t\n', 's3cr3t'],
    ['s3cr3t\r\n', 's3cr3t'],
    ['s3cr3t\n\n', 's3cr3t\n'],
    ['two\nlines\n', 'two\nlines'],
    [' kept ', ' kept '],
  ] as const) {
    write('value', content);
    expect(await read('value')).toBe(value);
    expect(await read(join(cwd, 'value'))).toBe(value);
  }
});

test('a file is read anew each time, so a rotation is seen', async () => {
  const sources = openSources({ env: {}, cwd });
  for (const value of ['first', 'second']) {
    write('rotated', value);
    expect((await sources.read({ file: 'rotated' }, 'password')).expose()).toBe(value);
  }
});

test('a symbolic link to a file is followed, as Kubernetes mounts its secrets', async () => {
  write('linked', 's3cr3t');
  symlinkSync('linked', join(cwd, 'link'));
  expect(await read('link')).toBe('s3cr3t');
});

test('what is not a readable small text file is unavailable, and the path is named', async () => {
  mkdirSync(join(cwd, 'folder'));
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
  write('empty', '\n');
  write('binary', Buffer.from([0x73, 0xff, 0xfe]));
  write('large', 'x'.repeat(64 * 1024 + 1));
  write('largest', 'x'.repeat(64 * 1024));
  expect(await read('largest')).toHaveLength(64 * 1024);
  for (const [name, reason] of [
    ['absent', 'does not exist'],
    ['folder', 'is not a regular file'],
    ['pipe', 'is not a regular file'],
    ['/dev/zero', 'is not a regular file'],
    ['empty', 'is empty'],
    ['binary', 'is not UTF-8 text'],
    ['large', 'is larger than 64 KiB'],
  ] as const) {
    const path = name.startsWith('/') ? name : join(cwd, name);
    await expect(read(name), name).rejects.toMatchObject({
      code: 'secret_unavailable',
      detail: `the secret file ${path} ${reason}`,
    });
  }
});

test('a file that everybody may read is read, with one warning', async () => {
  write('open', 's3cr3t', 0o644);
  const warnings: string[] = [];
  const sources = openSources({ env: {}, cwd, warn: (message) => warnings.push(message) });
  for (const _ of [1, 2]) await sources.read({ file: 'open' }, 'password');
  expect(warnings).toEqual([
    `the secret file ${join(cwd, 'open')} is readable by every user of this machine; chmod 600 it`,
  ]);
  write('closed', 's3cr3t', 0o600);
  await sources.read({ file: 'closed' }, 'password');
  expect(warnings).toHaveLength(1);
});

test('neither source counts versions', async () => {
  const sources = openSources({ env: {}, cwd });
  expect(await sources.version({ env: 'UNSET' })).toBeUndefined();
  expect(await sources.version({ file: 'absent' })).toBeUndefined();
});
