import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { list } from '../../src/services/s3/tools/list.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { connectionOf, labForTests, openS3 } from '../services/s3/fixture.ts';

const lab = labForTests();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3-xml-'));
  await writeFile(join(folder, 'secret'), 'of-this-machine');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const listed = (key: string) =>
  `<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>reports/${key}</Key><Size>1</Size></Contents></ListBucketResult>`;

/** What a list shows, or how it fails, when a server answers with this text. */
async function shownFor(xml: (elsewhere: string) => string): Promise<{ shown: string; fetched: number }> {
  const elsewhere = await recordingServer((_, response) => response.end('of-this-machine'));
  const server = await recordingServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/xml' }).end(xml(elsewhere.url));
  });
  const s3 = openS3(connectionOf({ ...lab.twin, url: server.url }));
  const shown = await s3.read(list, 'plain', {}).then(JSON.stringify, String);
  await Promise.all([server.close(), elsewhere.close()]);
  return { shown, fetched: elsewhere.received.length };
}

test('an entity brings in no file and no other server', async () => {
  for (const source of [`file://${join(folder, 'secret')}`, 'ELSEWHERE/secret']) {
    const { shown, fetched } = await shownFor(
      (elsewhere) =>
        `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "${source.replace('ELSEWHERE', elsewhere)}">]>${listed('&e;')}`,
    );
    expect(shown).not.toContain('of-this-machine');
    expect(fetched).toBe(0);
  }
});

test('entities of entities do not multiply', async () => {
  const entities = Array.from({ length: 12 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join(
    '',
  );
  const { shown } = await shownFor(
    () => `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "boom">${entities}]>${listed('&e12;')}`,
  );
  expect(shown).not.toContain('boomboom');
  expect(shown.length).toBeLessThan(1_000);
});

test('an answer that is nested without end is no answer', async () => {
  const { shown } = await shownFor(() => '<a>'.repeat(1_000_000));
  expect(shown).toMatch(/backend_failed/);
});

test('names of JavaScript’s own are names like others', async () => {
  await shownFor(
    () =>
      `<ListBucketResult><__proto__><polluted>yes</polluted></__proto__><constructor><prototype><polluted>yes</polluted></prototype></constructor></ListBucketResult>`,
  );
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
