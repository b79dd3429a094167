import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSources } from '../../src/secrets/sources.ts';
import { run } from '../cli/run.ts';
import { startKubernetesSecretsTwin } from '../twins/kubernetes-secrets.ts';

const secretIn = (namespace: string, name: string) =>
  `{kubernetes_secret: {namespace: ${namespace}, name: ${name}, key: password}}`;
const TOPOLOGY = `stack: shop
components:
  orders-api: {type: application}
  orders-db:
    type: postgresql
    host: db.example.org
    credentials: {user: {env: ORDERS_DB_USER}, password: ${secretIn('shop', 'orders-db')}}
    databases: {orders: {schemas: [public]}}
  sessions:
    type: redis
    host: cache.example.org
    credentials: {password: ${secretIn('cache', 'sessions')}}
    prefixes: {carts: {match: 'cart:'}}
  nobodys-db:
    type: postgresql
    host: other.example.org
    credentials: {user: {env: OTHER_USER}, password: ${secretIn('shop', 'nobodys-db')}}
    databases: {other: {schemas: [public]}}
links:
  - {from: orders-api, to: orders-db, type: queries}
  - {from: orders-api, to: sessions, type: caches_in}
`;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly namespace: string };
  readonly rules?: readonly Rule[];
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'stackward-rbac-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function rolesOf(topology: string): Promise<readonly Manifest[]> {
  const file = join(folder(), 'topology.yaml');
  writeFileSync(file, topology);
  const { code, out, err } = await run(['rbac', '-t', file, '--json']);
  expect([code, err]).toEqual([0, '']);
  const manifests = (JSON.parse(out) as { manifests: Manifest[] }[]).flatMap((one) => one.manifests);
  return manifests.filter(({ kind }) => kind === 'Role');
}

test('each Secret that a linked component reads is opened by its name, in its namespace, to get alone', async () => {
  const roles = await rolesOf(TOPOLOGY);
  expect(roles.map(({ metadata, rules }) => [metadata.namespace, rules])).toEqual([
    ['cache', [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['sessions'], verbs: ['get'] }]],
    ['shop', [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['orders-db'], verbs: ['get'] }]],
  ]);
});

test('two Secrets of one namespace are one rule with two names, and never the namespace', async () => {
  const roles = await rolesOf(TOPOLOGY.replace('namespace: cache,', 'namespace: shop,'));
  expect(roles).toHaveLength(1);
  expect(roles[0]?.rules).toEqual([
    { apiGroups: [''], resources: ['secrets'], resourceNames: ['orders-db', 'sessions'], verbs: ['get'] },
  ]);
});

test('the right is the one that reading the Secret asks for, and no other', async () => {
  const twin = await startKubernetesSecretsTwin('a-token');
  onTestFinished(() => twin.close());
  const cwd = folder();
  writeFileSync(join(cwd, 'config'), twin.kubeconfig('kind-shop', 'a-token'));
  twin.put('shop', 'orders-db', { password: 's3cr3t-pass' });
  const source = { kubernetes_secret: { namespace: 'shop', name: 'orders-db', key: 'password' } };
  await openSources({ env: { KUBECONFIG: join(cwd, 'config') }, cwd }).read(source, 'password');
  const shop = (await rolesOf(TOPOLOGY)).find(({ metadata }) => metadata.namespace === 'shop');
  const granted = (shop?.rules ?? []).flatMap(({ resources, resourceNames = [], verbs }) =>
    verbs.flatMap((verb) =>
      resources.flatMap((resource) =>
        resourceNames.map((name) => `${verb} /api/v1/namespaces/shop/${resource}/${name}`),
      ),
    ),
  );
  expect(granted).toEqual(twin.requests.map((path) => `get ${path}`));
  expect(twin.failures).toEqual([]);
});
