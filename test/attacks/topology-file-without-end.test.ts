import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readText } from '../../src/topology/load.ts';

const dir = mkdtempSync(join(tmpdir(), 'stackward-pipe-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.skipIf(process.platform === 'win32')(
  'a pipe or a device in the place of the topology is a problem, not a standstill',
  async () => {
    const pipe = join(dir, 'topology.yaml');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero', dir])
      expect(await readText(path)).toMatchObject({
        problem: { message: expect.stringContaining('regular file') },
      });
  },
);
