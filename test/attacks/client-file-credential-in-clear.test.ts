import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../cli/run.ts';

// What is in the environment of whoever installs must not come to lie in a file that is synchronised and committed.
const SECRET = 'hunter2-very-secret';
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'stackward-credential-'));
  await writeFile(
    join(home, 'topology.yaml'),
    `stack: s
components:
  db: {type: postgresql, host: h, credentials: {user: {env: DB_USER}, password: {vault: {path: p, key: k}}}, databases: {a: {}}}
  app: {type: application}
links: [{from: app, to: db, type: queries}]
`,
  );
  await writeFile(
    join(home, 'variables.env'),
    `DB_USER=${SECRET}\nVAULT_ADDR=${SECRET}\nVAULT_TOKEN=${SECRET}\nEXTRA=${SECRET}\n`,
    { mode: 0o600 },
  );
});
afterEach(() => rm(home, { recursive: true, force: true }));

const ENV = {
  DB_USER: SECRET,
  VAULT_ADDR: SECRET,
  VAULT_TOKEN: SECRET,
  EXTRA: SECRET,
  STACKWARD_TOKEN: SECRET,
};
const CLIENTS = ['claude-desktop', 'claude-code', 'cursor', 'vscode', 'windsurf'];

test('no way of installing writes or prints the value of a variable', async () => {
  const base = ['-t', join(home, 'topology.yaml'), '--project', home, '--pass', 'EXTRA'];
  const command = ['--', 'node', '/opt/main.js'];
  const ways = [
    base,
    [...base, '--env-file', join(home, 'variables.env')],
    ['--project', home, '--url', 'https://s.example.org/mcp'],
  ];
  let installed = 0;
  for (const client of CLIENTS)
    for (const [at, way] of ways.entries())
      for (const show of [[], ['--json'], ['--print'], ['--link']]) {
        const more = at < 2 ? command : [];
        const named = ['--name', `own${at}`, ...show];
        const ran = await run(['install', client, ...way, ...named, ...more], { ...ENV, HOME: home });
        expect(ran.out + ran.err, [client, ...way, ...show].join(' ')).not.toContain(SECRET);
        if (ran.code === 0) installed += 1;
      }
  expect(installed).toBeGreaterThan(30);
  const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const written = files.filter(({ name }) => /json/.test(name));
  expect(written.length).toBeGreaterThan(4);
  for (const { parentPath, name } of written)
    expect(await readFile(join(parentPath, name), 'utf8'), name).not.toContain(SECRET);
});
