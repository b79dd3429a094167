import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../cli/run.ts';

// A repository of somebody else has its client's file be a link into the home of whoever installs there.
let folder: string;
let project: string;
const OWN = '{"mcpServers": {}}';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackward-link-'));
  project = join(folder, 'project');
  await mkdir(project);
  await mkdir(join(folder, 'home'));
  await writeFile(join(folder, 'home', 'mcp.json'), OWN);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const install = () =>
  run(
    ['install', 'cursor', '--scope', 'project', '--project', project, '--url', 'http://127.0.0.1:8414/mcp'],
    { HOME: join(folder, 'home') },
  );

test.each<[string, () => Promise<void>]>([
  [
    'the file',
    async () => {
      await mkdir(join(project, '.cursor'));
      await symlink(join(folder, 'home', 'mcp.json'), join(project, '.cursor', 'mcp.json'));
    },
  ],
  ['its folder', () => symlink(join(folder, 'home'), join(project, '.cursor'))],
])('%s leading out of the project is refused, and what it leads to stays', async (_what, make) => {
  await make();
  const { code, err } = await install();
  expect([code, err]).toEqual([2, expect.stringContaining('leads out of the project')]);
  expect(await readFile(join(folder, 'home', 'mcp.json'), 'utf8')).toBe(OWN);
});

test('a link inside the project is followed', async () => {
  await mkdir(join(project, 'shared'));
  await writeFile(join(project, 'shared', 'mcp.json'), OWN);
  await symlink(join(project, 'shared'), join(project, '.cursor'));
  expect((await install()).code).toBe(0);
  expect(await readFile(join(project, 'shared', 'mcp.json'), 'utf8')).toContain('8414');
});
