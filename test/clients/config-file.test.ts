import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backupOf, readConfig, replaceConfig } from '../../src/clients/config-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackward-config-'));
  path = join(folder, 'mcp.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a file that is not there is made with its folders, for its owner alone', async () => {
  const deep = join(folder, 'a', 'b', 'mcp.json');
  expect(await replaceConfig(await readConfig(deep), '{}')).toBeUndefined();
  expect(await readFile(deep, 'utf8')).toBe('{}');
  expect((await stat(deep)).mode & 0o777).toBe(0o600);
});

test.each([0o600, 0o644, 0o664])('permissions %o stay, and the former content has them too', async (mode) => {
  await writeFile(path, '{"a": 1}');
  await chmod(path, mode);
  const backup = await replaceConfig(await readConfig(path), '{}');
  expect(backup).toBe(backupOf(path));
  expect(await readFile(backupOf(path), 'utf8')).toBe('{"a": 1}');
  for (const one of [path, backupOf(path)]) expect((await stat(one)).mode & 0o777).toBe(mode);
  expect(await readdir(folder)).toEqual(['mcp.json', 'mcp.json.before-stackward']);
});

test('a byte order mark stays', async () => {
  await writeFile(path, '\uFEFF{"a": 1}');
  const file = await readConfig(path);
  expect(file.text).toBe('{"a": 1}');
  await replaceConfig(file, '{"b": 1}');
  expect(await readFile(path, 'utf8')).toBe('\uFEFF{"b": 1}');
});

test('a link stays a link, and what it leads to is replaced', async () => {
  const dotfiles = join(folder, 'dotfiles.json');
  await writeFile(dotfiles, '{}');
  await symlink(dotfiles, path);
  await replaceConfig(await readConfig(path), '{"b": 1}');
  expect(await readlink(path)).toBe(dotfiles);
  expect(await readFile(dotfiles, 'utf8')).toBe('{"b": 1}');
});

test('a file that somebody else wrote meanwhile is left to them', async () => {
  await writeFile(path, '{"a": 1}');
  const file = await readConfig(path);
  await writeFile(path, '{"a": 2}');
  await expect(replaceConfig(file, '{}')).rejects.toThrow(/changed by somebody else/);
  expect(await readFile(path, 'utf8')).toBe('{"a": 2}');
});

test('so is one that was made meanwhile', async () => {
  const file = await readConfig(path);
  await writeFile(path, '{"a": 2}');
  await expect(replaceConfig(file, '{}')).rejects.toThrow(/changed by somebody else/);
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  ['a folder', () => mkdir(path), /is no regular file/],
  ['a link to nothing', () => symlink(join(folder, 'gone'), path), /leads to nothing/],
  [
    'a file with two names',
    async () => {
      await writeFile(join(folder, 'other'), '{}');
      await link(join(folder, 'other'), path);
    },
    /second name/,
  ],
  ['read-only', () => writeFile(path, '{}', { mode: 0o400 }), /read-only|may not be read and written/],
  ['no UTF-8', () => writeFile(path, Buffer.from([0xff, 0xfe, 0x7b, 0])), /is not UTF-8/],
])('%s is refused', async (_what, make, message) => {
  await make();
  await expect(readConfig(path)).rejects.toThrow(message);
});

test('an empty file counts as one that is not there', async () => {
  await writeFile(path, ' \n');
  expect((await readConfig(path)).text).toBeUndefined();
});
