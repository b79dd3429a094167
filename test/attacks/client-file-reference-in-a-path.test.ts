import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../cli/run.ts';

// A folder named like a reference: the client would put a secret of its environment into an argument of the server.
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'stackward-reference-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

test.each(['env:AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_ACCESS_KEY', 'input:token', 'file:/etc/passwd'])(
  'a topology in a folder that refers to %s is not written into any client’s file',
  async (name) => {
    const folder = join(home, `$\{${name.replaceAll('/', '-')}}`);
    await mkdir(folder);
    const topology = join(folder, 'topology.yaml');
    await writeFile(topology, 'stack: s\ncomponents: {a: {type: application}}\nlinks: []\n');
    for (const client of ['claude-desktop', 'claude-code', 'cursor', 'vscode', 'windsurf']) {
      const argv = ['install', client, '-t', topology, '--project', home, '--', 'node', '/opt/main.js'];
      const { code, err } = await run(argv, { HOME: home });
      expect([client, code, err]).toEqual([client, 2, expect.stringContaining('may replace')]);
    }
    expect(await readdir(home)).toEqual([folder.slice(home.length + 1)]);
  },
);
