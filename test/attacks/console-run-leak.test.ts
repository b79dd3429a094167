import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openMockShop } from '../console/mock-shop.ts';

const LEAKED = 's3cr3t-Pa55';

/** The flaw: a credential that a log leaks goes on, to the readers of a hardened run or into the audit. */
test('neither the stream, nor what a run kept, nor the audit has it', async () => {
  const { drill, url, fixture, incidents } = await openMockShop();
  const { hardened, naive } = await drill('bad-deploy');
  const kept = await (await fetch(`${url}/console/api/runs/kept?run=${hardened}`)).text();
  expect(kept).toContain('postgres://{url-userinfo#1}@orders-db');
  expect(kept).not.toContain(LEAKED);
  const told = { hardened: '', naive: '' };
  for (const [name, run] of Object.entries({ hardened, naive })) {
    for await (const { event } of incidents.follow(0, new AbortController().signal, new Set([run]))) {
      told[name as keyof typeof told] += JSON.stringify(event);
      if (event.type === 'done') break;
    }
  }
  expect(told.hardened).not.toContain(LEAKED);
  // The script does leak it: the run without a redactor shows it.
  expect(told.naive).toContain(LEAKED);
  const audit = join(fixture.dataDir, 'audit');
  for (const file of await readdir(audit, { recursive: true, withFileTypes: true }))
    if (file.isFile()) expect(await readFile(join(file.parentPath, file.name), 'utf8')).not.toContain(LEAKED);
});
