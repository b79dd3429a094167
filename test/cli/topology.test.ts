import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKeys } from '../../src/store/keys.ts';
import { openSchema } from '../store/database.ts';
import { run } from './run.ts';

const TOPOLOGY = `stack: shop # as people wrote it
components:
  app: {type: application}
`;
const EDITED = `${TOPOLOGY}  helper: {type: agent}\n`;

let folder: string;
let file: string;
let env: Record<string, string>;
let schema: Awaited<ReturnType<typeof openSchema>>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackward-topology-'));
  file = join(folder, 'topology.yaml');
  schema = await openSchema();
  createKeys(join(folder, 'keys'));
  env = {
    STACKWARD_DATABASE_URL: schema.url,
    STACKWARD_DATABASE_SCHEMA: schema.schema,
    STACKWARD_KEYS: join(folder, 'keys'),
    STACKWARD_TOPOLOGY: file,
  };
  await run(['migrate'], env);
});
afterEach(async () => {
  await schema.close();
  await rm(folder, { recursive: true, force: true });
});

const ok = async (...argv: string[]) => {
  const ran = await run(argv, env);
  expect([ran.code, ran.err]).toEqual([0, '']);
  return ran.out;
};

test('edits are put in force, listed and shown as they were written', async () => {
  expect(await ok('topology', 'list')).toContain('No topology is in force yet');
  await writeFile(file, TOPOLOGY);
  expect(await ok('topology', 'apply')).toBe(`${file} is in force for every replica\n`);
  await writeFile(file, EDITED);
  await ok('topology', 'apply');
  expect(await ok('topology', 'show')).toBe(EDITED);
  expect(await ok('topology', 'show', '1')).toBe(TOPOLOGY);
  // What was in force before is put there again only by this.
  await writeFile(file, TOPOLOGY);
  await ok('topology', 'apply', '--json');
  const edits = JSON.parse(await ok('topology', 'list', '--json'));
  expect(edits.map(({ number }: { number: number }) => number)).toEqual([3, 2, 1]);
  expect(edits[0].hash).toBe(edits[2].hash);
  // One that is in force already makes no edit.
  await ok('topology', 'apply');
  expect(JSON.parse(await ok('topology', 'list', '--json'))).toHaveLength(3);
  expect((await ok('versions', 'list')).match(/topology/g)).toHaveLength(3);
});

test('another command works under what is in force, and says that the file is not', async () => {
  await writeFile(file, EDITED);
  await ok('topology', 'apply');
  await writeFile(file, TOPOLOGY);
  const called = await run(['call', 'stack_components', '--json'], env);
  expect(called.code).toBe(0);
  expect(called.out).toContain('helper');
  expect(called.err).toMatch(/warn: .* is not the topology in force, which is edit 1/);
  expect(JSON.parse(await ok('topology', 'list', '--json'))).toHaveLength(1);
});

test('wrong usage is told', async () => {
  await writeFile(file, TOPOLOGY);
  await ok('topology', 'apply');
  expect(await run(['topology', 'show', '9'], env)).toMatchObject({
    code: 2,
    err: 'there is no edit 9; stackward topology list shows them\n',
  });
  await writeFile(file, 'stack: [');
  expect((await run(['topology', 'apply'], env)).code).toBe(2);
  const alone = { STACKWARD_TOPOLOGY: file };
  await writeFile(file, TOPOLOGY);
  for (const action of ['list', 'show', 'apply'])
    expect(await run(['topology', action], alone)).toMatchObject({
      code: 2,
      err: expect.stringContaining('a data directory has one topology, which is its file'),
    });
});
