import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSources } from '../../src/secrets/sources.ts';
import { type KubernetesSecretsTwin, startKubernetesSecretsTwin } from '../twins/kubernetes-secrets.ts';

let twin: KubernetesSecretsTwin;
let cwd: string;
beforeEach(async () => {
  twin = await startKubernetesSecretsTwin('token-of-stackward');
  cwd = mkdtempSync(join(tmpdir(), 'stackward-kubernetes-'));
  writeFileSync(join(cwd, 'config'), twin.kubeconfig('kind-shop', 'token-of-stackward'));
});
afterEach(async () => {
  await twin.close();
  rmSync(cwd, { recursive: true });
  expect(twin.failures).toEqual([]);
});

const source = (over: object = {}) => ({
  kubernetes_secret: { namespace: 'shop', name: 'orders-db', key: 'password', ...over },
});
const read = async (over: object = {}, env: Record<string, string> = { KUBECONFIG: join(cwd, 'config') }) =>
  (await openSources({ env, cwd }).read(source(over), 'password')).expose();
const unavailable = (detail: string | RegExp) => ({
  code: 'secret_unavailable',
  detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
});
const NAME = 'the Kubernetes secret shop/orders-db/password';

test('a key is read and decoded, exactly as stored', async () => {
  twin.put('shop', 'orders-db', { password: 'pä"ss\n', other: 'x' });
  expect(await read()).toBe('pä"ss\n');
  expect(await read({ context: 'kind-shop' })).toBe('pä"ss\n');
  expect(twin.requests[0]).toBe('/api/v1/namespaces/shop/secrets/orders-db');
});

test('a context is looked for in every file that KUBECONFIG names', async () => {
  twin.put('shop', 'orders-db', { password: 's3cr3t' });
  const unused = { clusters: [], users: [], contexts: [], apiVersion: 'v1', kind: 'Config' };
  writeFileSync(join(cwd, 'first'), JSON.stringify(unused));
  const env = { KUBECONFIG: `${join(cwd, 'first')}:${join(cwd, 'config')}` };
  expect(await read({ context: 'kind-shop' }, env)).toBe('s3cr3t');
});

test('the home folder’s configuration serves where KUBECONFIG is not set', async () => {
  mkdirSync(join(cwd, '.kube'));
  writeFileSync(join(cwd, '.kube', 'config'), twin.kubeconfig('kind-shop', 'token-of-stackward'));
  twin.put('shop', 'orders-db', { password: 's3cr3t' });
  expect(await read({}, { HOME: cwd })).toBe('s3cr3t');
});

test('what is absent, refused or no text says so', async () => {
  await expect(read()).rejects.toMatchObject(unavailable(`${NAME} does not exist`));
  twin.put('shop', 'orders-db', { other: 'x', empty: '', password: Buffer.from([0xff, 0xfe]) });
  await expect(read()).rejects.toMatchObject(unavailable(`${NAME} is not UTF-8 text`));
  for (const key of ['absent', 'constructor']) {
    await expect(read({ key })).rejects.toMatchObject(unavailable(/has no such key$/));
  }
  await expect(read({ key: 'empty' })).rejects.toMatchObject(unavailable(/is empty$/));
  twin.forbid('shop', 'orders-db');
  await expect(read()).rejects.toMatchObject(
    unavailable(`${NAME} is refused to Stackward’s account: it needs get on this secret`),
  );
});

test('an identity that the cluster does not know is said, and its token is not shown', async () => {
  writeFileSync(join(cwd, 'config'), twin.kubeconfig('kind-shop', 'token-of-nobody'));
  await expect(read()).rejects.toMatchObject(
    unavailable(/does not accept Stackward’s identity(?!.*token-of)/),
  );
});

test('without a cluster, what to set is said; the driver’s default of localhost:8080 is not tried', async () => {
  await expect(read({}, { HOME: cwd })).rejects.toMatchObject(
    unavailable(/set KUBECONFIG, or run Stackward in/),
  );
  await expect(read({ context: 'other' })).rejects.toMatchObject(
    unavailable(`${NAME} needs the kubeconfig context other, which does not exist`),
  );
});

test('a kubeconfig that cannot be read is named, not quoted', async () => {
  writeFileSync(join(cwd, 'config'), 'token: [hunter2');
  await expect(read()).rejects.toMatchObject(
    unavailable(/needs a kubeconfig that can be read: (?!.*hunter2)/),
  );
});

test('plain http leaves the machine for nobody', async () => {
  const config = twin.kubeconfig('kind-shop', 't').replace(twin.server, 'http://10.0.0.7:6443');
  writeFileSync(join(cwd, 'config'), config);
  await expect(read()).rejects.toMatchObject(unavailable(/would travel in the clear/));
});

test('plain http on loopback needs the word that the driver asks for', async () => {
  const config = twin.kubeconfig('kind-shop', 't').replace('"insecure-skip-tls-verify":true', '"x":1');
  writeFileSync(join(cwd, 'config'), config);
  await expect(read()).rejects.toMatchObject(unavailable(/needs insecure-skip-tls-verify: true/));
});

test('an API server that is away says so', async () => {
  const config = twin.kubeconfig('kind-shop', 't').replace(twin.server, 'http://127.0.0.1:1');
  writeFileSync(join(cwd, 'config'), config);
  await expect(read()).rejects.toMatchObject(
    unavailable(`${NAME} was not read: the connection failed (ECONNREFUSED)`),
  );
});

test('the call’s end ends the read', async () => {
  const env = { KUBECONFIG: join(cwd, 'config') };
  const reading = openSources({ env, cwd }).read(source(), 'password', AbortSignal.abort());
  await expect(reading).rejects.toMatchObject(
    unavailable(`${NAME} was not read because the call ended first`),
  );
});
