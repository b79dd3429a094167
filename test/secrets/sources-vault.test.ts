import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSources } from '../../src/secrets/sources.ts';
import { startVaultTwin, type VaultTwin } from '../twins/vault.ts';

const TOKEN = 'hvs.twin-token';
let twin: VaultTwin;
let cwd: string;
beforeEach(async () => {
  twin = await startVaultTwin({
    token: TOKEN,
    namespace: 'team',
    login: { role: 'stackward', jwt: 'jwt-of-pod' },
  });
  cwd = mkdtempSync(join(tmpdir(), 'stackward-vault-'));
});
afterEach(async () => {
  await twin.close();
  rmSync(cwd, { recursive: true });
  expect(twin.failures).toEqual([]);
});

const source = (over: object = {}) => ({
  vault: { mount: 'secret', path: 'apps/orders db', key: 'password', ...over },
});
const sources = (over: Record<string, string | undefined> = {}) =>
  openSources({
    env: { VAULT_ADDR: twin.address, VAULT_TOKEN: TOKEN, VAULT_NAMESPACE: 'team', ...over },
    cwd,
  });
const unavailable = (detail: string) => ({ code: 'secret_unavailable', detail });
const NAME = 'the Vault secret secret/apps/orders db/password';

test('the newest version is read, or the one that is named, with its number', async () => {
  twin.put('secret', 'apps/orders db', { password: 'first' });
  twin.put('secret', 'apps/orders db', { password: 'second', other: 'x' });
  expect((await sources().read(source(), 'password')).expose()).toBe('second');
  expect((await sources().read(source({ version: 1 }), 'password')).expose()).toBe('first');
  expect(await sources().version(source())).toBe(2);
  expect(await sources().version(source({ version: 1 }))).toBe(1);
  expect(twin.requests[0]).toBe('GET /v1/secret/data/apps/orders%20db');
});

test('a mount may lie in folders', async () => {
  twin.put('team/kv', 'db', { password: 's3cr3t' });
  const secret = await sources().read(source({ mount: 'team/kv', path: 'db' }), 'password');
  expect(secret.expose()).toBe('s3cr3t');
});

test('what is absent, deleted or destroyed says so', async () => {
  await expect(sources().read(source(), 'password')).rejects.toMatchObject(
    unavailable(`${NAME} does not exist`),
  );
  for (const password of ['first', 'second', 'third']) twin.put('secret', 'apps/orders db', { password });
  twin.delete('secret', 'apps/orders db', 3);
  twin.destroy('secret', 'apps/orders db', 2);
  await expect(sources().read(source(), 'password')).rejects.toMatchObject(
    unavailable(`${NAME} was deleted in version 3 at 2024-02-01T00:00:00Z`),
  );
  await expect(sources().read(source({ version: 2 }), 'password')).rejects.toMatchObject(
    unavailable(`${NAME} is destroyed in version 2`),
  );
  expect((await sources().read(source({ version: 1 }), 'password')).expose()).toBe('first');
});

test('a key that is absent, empty or no text says so', async () => {
  twin.put('secret', 'apps/orders db', { other: 'x', empty: '', number: 7 });
  for (const [key, reason] of [
    ['password', 'has no such key in version 1'],
    ['constructor', 'has no such key in version 1'],
    ['empty', 'is empty'],
    ['number', 'is not a text; store it as a string'],
  ]) {
    await expect(sources().read(source({ key }), 'password')).rejects.toMatchObject(
      unavailable(`the Vault secret secret/apps/orders db/${key} ${reason}`),
    );
  }
});

test('a refused token and a sealed Vault say so, and the token is not shown', async () => {
  twin.put('secret', 'apps/orders db', { password: 's3cr3t' });
  const refused = sources({ VAULT_TOKEN: 'hvs.wrong' }).read(source(), 'password');
  await expect(refused).rejects.toMatchObject({
    detail: expect.stringMatching(/refused to Stackward(?!.*hvs\.)/),
  });
  twin.seal();
  await expect(sources().read(source(), 'password')).rejects.toMatchObject(
    unavailable(`${NAME} cannot be read while Vault is sealed or in maintenance`),
  );
});

test('a token may lie in a file', async () => {
  twin.put('secret', 'apps/orders db', { password: 's3cr3t' });
  writeFileSync(join(cwd, 'token'), `${TOKEN}\n`, { mode: 0o600 });
  const secret = await sources({ VAULT_TOKEN: undefined, VAULT_TOKEN_FILE: 'token' }).read(
    source(),
    'password',
  );
  expect(secret.expose()).toBe('s3cr3t');
});

test('a role logs in with the service account once for many reads', async () => {
  twin.put('secret', 'apps/orders db', { password: 's3cr3t' });
  writeFileSync(join(cwd, 'jwt'), 'jwt-of-pod', { mode: 0o600 });
  const env = { VAULT_TOKEN: undefined, VAULT_ROLE: 'stackward', VAULT_KUBERNETES_TOKEN_FILE: 'jwt' };
  const opened = sources(env);
  for (const _ of [1, 2]) expect((await opened.read(source(), 'password')).expose()).toBe('s3cr3t');
  expect(twin.requests.filter((request) => request.startsWith('POST'))).toEqual([
    'POST /v1/auth/kubernetes/login',
  ]);
  await expect(sources({ ...env, VAULT_ROLE: 'other' }).read(source(), 'password')).rejects.toMatchObject(
    unavailable('Vault: Vault refused the login as role other at auth/kubernetes (status 403)'),
  );
});

test('without an address or a way in, what to set is said', async () => {
  await expect(sources({ VAULT_ADDR: undefined }).read(source(), 'password')).rejects.toMatchObject(
    unavailable('Vault: set VAULT_ADDR to the address of Vault'),
  );
  await expect(sources({ VAULT_TOKEN: undefined }).read(source(), 'password')).rejects.toMatchObject(
    unavailable('Vault: set VAULT_TOKEN, VAULT_TOKEN_FILE or VAULT_ROLE'),
  );
});

test('plain http leaves the machine for nobody', async () => {
  for (const address of [
    'http://vault.internal:8200',
    'http://10.0.0.7:8200',
    'ftp://127.0.0.1',
    'vault:8200',
  ]) {
    await expect(sources({ VAULT_ADDR: address }).read(source(), 'password')).rejects.toMatchObject({
      detail: expect.stringMatching(/VAULT_ADDR must be an https/),
    });
  }
});

test('a path cannot climb to another endpoint', async () => {
  for (const over of [
    { path: '../../sys/seal-status' },
    { path: 'a/./b' },
    { mount: '..' },
    { path: 'a//b' },
  ]) {
    await expect(sources().read(source(over), 'password')).rejects.toMatchObject({
      detail: expect.stringMatching(/empty or dot segment/),
    });
  }
  await expect(sources().read(source({ path: 'a?list=true#x' }), 'password')).rejects.toMatchObject({
    detail: expect.stringMatching(/does not exist/),
  });
  expect(twin.requests).toEqual(['GET /v1/secret/data/a%3Flist%3Dtrue%23x']);
});

test('a Vault that is away or hangs ends the read with the call', async () => {
  const away = sources({ VAULT_ADDR: 'http://127.0.0.1:1' }).read(source(), 'password');
  await expect(away).rejects.toMatchObject(
    unavailable(`${NAME} was not read: the connection failed (ECONNREFUSED)`),
  );
  twin.hang();
  const cancel = new AbortController();
  const hung = sources().read(source(), 'password', cancel.signal);
  setTimeout(() => cancel.abort(), 50);
  await expect(hung).rejects.toMatchObject(unavailable(`${NAME} was not read because the call ended first`));
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
test.skipIf(!hasOpenssl)('over TLS, only a certificate that is trusted is talked to', async () => {
  const request =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=twin -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem';
  const made = spawnSync('openssl', request.split(' '), { cwd, encoding: 'utf8' });
  expect(made.stderr + made.error, 'openssl').toSatisfy(() => made.status === 0);
  const [key, cert] = ['key.pem', 'cert.pem'].map((file) => readFileSync(join(cwd, file), 'utf8'));
  const secure = await startVaultTwin({ token: TOKEN, tls: { key: key ?? '', cert: cert ?? '' } });
  try {
    secure.put('secret', 'apps/orders db', { password: 's3cr3t' });
    const env = { VAULT_ADDR: secure.address, VAULT_NAMESPACE: undefined };
    await expect(sources(env).read(source(), 'password')).rejects.toMatchObject(
      unavailable(`${NAME} was not read: the connection failed (DEPTH_ZERO_SELF_SIGNED_CERT)`),
    );
    expect(secure.requests).toEqual([]);
    const trusting = sources({ ...env, VAULT_CACERT: 'cert.pem' });
    expect((await trusting.read(source(), 'password')).expose()).toBe('s3cr3t');
    await expect(
      sources({ ...env, VAULT_CACERT: 'absent.pem' }).read(source(), 'password'),
    ).rejects.toMatchObject(
      unavailable('Vault: the certificates that VAULT_CACERT names cannot be read: absent.pem'),
    );
    expect(secure.failures).toEqual([]);
  } finally {
    await secure.close();
  }
});
