import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lokiPlaceIn } from '../../../src/audit/ship/loki-place.ts';
import type { Secret } from '../../../src/secrets/secret.ts';
import { recordCalls } from '../sample.ts';
import { heldLines, linesOf, openTwin, SHIP_ENGINES, ship, soon } from './lab.ts';

const URL = 'https://logs.example.org';
const read = (env: Record<string, string>) =>
  lokiPlaceIn({
    env: Object.fromEntries(
      Object.entries(env).map(([name, value]) => [`STACKWARD_AUDIT_LOKI_${name}`, value]),
    ),
    onSecret: () => {},
    onReport: () => {},
  });

/** A file for one test. */
function fileOf(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'stackward-loki-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const path = join(dir, 'token');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

test('without an address nothing is shipped, and a setting that goes with one is told', () => {
  expect(read({})).toBeUndefined();
  expect(() => read({ TOKEN: 'abc' })).toThrow(
    'STACKWARD_AUDIT_LOKI_TOKEN is set, and STACKWARD_AUDIT_LOKI_URL is not',
  );
});

test.for([
  [{ URL: 'logs.example.org' }, 'STACKWARD_AUDIT_LOKI_URL has to be http(s)://'],
  [
    { URL: 'https://me:s3cr3t-pass@logs.example.org' },
    'a user and a token go into STACKWARD_AUDIT_LOKI_USER',
  ],
  [{ URL: `${URL}/loki/api/v1/push/` }, 'leave that out'],
  [{ URL, TENANT: 'a|b' }, 'STACKWARD_AUDIT_LOKI_TENANT has to be one tenant'],
  [{ URL, TENANT: 'a\r\nx: y' }, 'STACKWARD_AUDIT_LOKI_TENANT has to be one tenant'],
  [
    { URL, TOKEN: 'a', TOKEN_FILE: 'b' },
    'give either STACKWARD_AUDIT_LOKI_TOKEN or STACKWARD_AUDIT_LOKI_TOKEN_FILE',
  ],
  [{ URL, USER: '1234' }, 'STACKWARD_AUDIT_LOKI_USER goes with'],
  [{ URL, USER: 'a:b', TOKEN: 'c' }, 'STACKWARD_AUDIT_LOKI_USER has no colon'],
] as const)('%o is refused, and no value is quoted', ([env, words]) => {
  expect(() => read(env)).toThrow(words);
  expect(() => read(env)).not.toThrow('s3cr3t-pass');
});

test('a token over plain http to another machine is warned of, one to this machine is not', () => {
  expect(read({ URL: 'http://logs.example.org', TOKEN: 't' })?.warning).toMatch(/plain http/);
  expect(read({ URL: 'http://127.0.0.1:3100', TOKEN: 't' })?.warning).toBeUndefined();
  expect(read({ URL: 'http://logs.example.org' })?.warning).toBeUndefined();
});

test('a file that is no token says so and names itself', async () => {
  await expect(read({ URL, TOKEN_FILE: fileOf('') })?.headers()).rejects.toThrow('is empty');
  await expect(read({ URL, TOKEN_FILE: fileOf('two\nlines') })?.headers()).rejects.toThrow(
    'holds characters that no HTTP header can carry',
  );
});

const openFolder = SHIP_ENGINES[0]?.[1];
if (!openFolder) throw new Error('there is an engine on files');

test.for([
  ['a tenant', { TENANT: 'ops' }, { tenant: 'ops' }],
  ['a bearer token', { TOKEN: 'glsa_0123' }, { authorization: 'Bearer glsa_0123' }],
  [
    'a user and a token, as Grafana Cloud asks for them',
    { USER: '4711', TOKEN: 'glc_0123' },
    { authorization: `Basic ${Buffer.from('4711:glc_0123').toString('base64')}` },
  ],
] as const)('%s is sent', async ([, settings, asked]) => {
  const [engine, twin] = [await openFolder(), await openTwin(asked)];
  await recordCalls(await engine.open(), 1);
  const env = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`STACKWARD_AUDIT_LOKI_${name}`, value]),
  );
  ship(engine, twin.url, { env });
  const all = await linesOf(engine.book);
  await soon(() => heldLines(twin)).toEqual(all);
});

test('a token in a file is read anew, so that it is replaced without a restart; each is masked before it is used', async () => {
  const file = fileOf('first-token\n');
  const secrets: Secret[] = [];
  const place = lokiPlaceIn({
    env: { STACKWARD_AUDIT_LOKI_URL: URL, STACKWARD_AUDIT_LOKI_TOKEN_FILE: file },
    onSecret: (secret) => secrets.push(secret),
    onReport: () => {},
  });
  expect(await place?.headers()).toEqual({ authorization: 'Bearer first-token' });
  writeFileSync(file, 'second-token\n');
  expect(await place?.headers()).toEqual({ authorization: 'Bearer second-token' });
  await place?.headers();
  expect(secrets.map((secret) => secret.expose())).toEqual(['first-token', 'second-token']);
});

test('a token file that everybody can read is told once', async () => {
  const file = fileOf('a-token');
  chmodSync(file, 0o644);
  const reports: string[] = [];
  const place = lokiPlaceIn({
    env: { STACKWARD_AUDIT_LOKI_URL: URL, STACKWARD_AUDIT_LOKI_TOKEN_FILE: file },
    onSecret: () => {},
    onReport: (message) => reports.push(message),
  });
  await place?.headers();
  await place?.headers();
  expect(reports).toEqual([expect.stringContaining('readable by every user')]);
});
