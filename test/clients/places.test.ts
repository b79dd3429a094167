import { expect, test } from 'vitest';
import { CLIENTS } from '../../src/clients/all.ts';
import type { ClientId, Scope } from '../../src/clients/client.ts';
import { machine } from './machine.ts';

const LOCAL = 'C:\\Users\\me\\AppData\\Local\\Packages';
const file = (id: ClientId, scope: Scope, on: ReturnType<typeof machine>) => CLIENTS[id].files[scope]?.(on);

test.each<[ClientId, Scope, NodeJS.Platform, string]>([
  [
    'claude-desktop',
    'user',
    'darwin',
    '/home/me/Library/Application Support/Claude/claude_desktop_config.json',
  ],
  ['claude-desktop', 'user', 'win32', 'C:\\Users\\me\\AppData\\Roaming\\Claude\\claude_desktop_config.json'],
  ['claude-desktop', 'user', 'linux', '/home/me/.config/Claude/claude_desktop_config.json'],
  ['claude-code', 'user', 'linux', '/home/me/.claude.json'],
  ['claude-code', 'user', 'win32', 'C:\\Users\\me\\.claude.json'],
  ['claude-code', 'project', 'darwin', '/work/.mcp.json'],
  ['cursor', 'user', 'linux', '/home/me/.cursor/mcp.json'],
  ['cursor', 'project', 'win32', 'C:\\work\\.cursor\\mcp.json'],
  ['vscode', 'user', 'darwin', '/home/me/Library/Application Support/Code/User/mcp.json'],
  ['vscode', 'user', 'win32', 'C:\\Users\\me\\AppData\\Roaming\\Code\\User\\mcp.json'],
  ['vscode', 'user', 'linux', '/home/me/.config/Code/User/mcp.json'],
  ['vscode', 'project', 'linux', '/work/.vscode/mcp.json'],
  ['windsurf', 'user', 'linux', '/home/me/.codeium/windsurf/mcp_config.json'],
  ['windsurf', 'user', 'win32', 'C:\\Users\\me\\.codeium\\windsurf\\mcp_config.json'],
])('the %s’s %s file on %s', (id, scope, platform, path) => {
  expect(file(id, scope, machine(platform))).toBe(path);
});

test('what the environment says of the folders is followed', () => {
  expect(file('vscode', 'user', machine('linux', { XDG_CONFIG_HOME: '/cfg' }))).toBe(
    '/cfg/Code/User/mcp.json',
  );
  expect(file('vscode', 'user', machine('win32', { APPDATA: 'D:\\roam' }))).toBe(
    'D:\\roam\\Code\\User\\mcp.json',
  );
  expect(file('claude-code', 'user', machine('linux', { CLAUDE_CONFIG_DIR: '/other' }))).toBe(
    '/other/.claude.json',
  );
});

test('a packaged Claude Desktop of Windows reads the file inside its package', () => {
  const inside = `${LOCAL}\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude`;
  const folders = { [LOCAL]: ['Other_1', 'Claude_pzs8sxrjxfjjc', 'Claude_gone'], [inside]: [] };
  expect(file('claude-desktop', 'user', machine('win32', {}, folders))).toBe(
    `${inside}\\claude_desktop_config.json`,
  );
});

test('a newer one reads the file in its own folder', () => {
  const data = 'C:\\Users\\me\\AppData\\Local\\Claude-Data';
  const old = `${LOCAL}\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude`;
  const folders = {
    [LOCAL]: ['Claude_pzs8sxrjxfjjc'],
    [old]: [],
    [data]: ['claude_main', 'other'],
    [`${data}\\claude_main`]: [],
  };
  expect(file('claude-desktop', 'user', machine('win32', {}, folders))).toBe(
    `${data}\\claude_main\\claude_desktop_config.json`,
  );
});

test('of two packages none is guessed', () => {
  const inside = (name: string) => `${LOCAL}\\${name}\\LocalCache\\Roaming\\Claude`;
  const folders = { [LOCAL]: ['Claude_a', 'Claude_b'], [inside('Claude_a')]: [], [inside('Claude_b')]: [] };
  expect(() => file('claude-desktop', 'user', machine('win32', {}, folders))).toThrow(/--file/);
});

test('clients without a project’s file have none', () => {
  expect(CLIENTS['claude-desktop'].files.project).toBeUndefined();
  expect(CLIENTS.windsurf.files.project).toBeUndefined();
});
