import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClients } from '../../../src/call/clients.ts';
import { SERVICES } from '../../../src/services/index.ts';
import { servicesAtHand } from '../../../src/toolset/service-source.ts';
import { readTopology } from '../../../src/topology/load.ts';
import { type Lab, openLab } from './fixture.ts';

/** A workload's client is opened with its cluster's connection, so it must not outlive a change of that. */
let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const WORKLOAD = 'cluster: bare, namespace: shop, workload: deployment/orders-api';

async function graphAfter(edit: (text: string) => string) {
  const file = `${lab.stack.file}.edited.yaml`;
  const text = await readFile(lab.stack.file, 'utf8');
  const edited = edit(text);
  expect(edited).not.toBe(text);
  await writeFile(file, edited);
  const loaded = await readTopology(file, servicesAtHand(SERVICES).types);
  if (loaded.problems) throw new Error(JSON.stringify(loaded.problems));
  return loaded.graph;
}

async function openOne() {
  const owners: string[] = [];
  const clients = openClients({
    resolve: async (connection, owner) => {
      owners.push(owner);
      return connection;
    },
    warn: () => {},
  });
  const at = lab.stack.stackward.catalogs.of('keeper').tools.get('k8s_describe')?.targets.get('orders-api');
  const service = SERVICES.get('kubernetes-workload');
  if (!at || !service) throw new Error('the lab has changed');
  return { owners, client: () => clients.reader(service, at), keepOnly: clients.keepOnly };
}

test('the connection of the cluster is resolved under its own name', async () => {
  const { owners, client } = await openOne();
  await client();
  expect(owners.sort()).toEqual(['bare', 'orders-api']);
});

test.each([
  ['the cluster’s context', (text: string) => text.replace(/(bare: .*context: )shop-cluster/, '$1other')],
  ['the workload', (text: string) => text.replace(WORKLOAD, WORKLOAD.replace('orders-api', 'other'))],
  ['the cluster that it names', (text: string) => text.replace(WORKLOAD, WORKLOAD.replace('bare', 'prod'))],
])('an edit of %s lets go of the client', async (_what, edit) => {
  const { client, keepOnly } = await openOne();
  const first = await client();
  keepOnly(await graphAfter(edit));
  expect(await client()).not.toBe(first);
});

test('an edit of something else keeps it', async () => {
  const { client, keepOnly } = await openOne();
  const first = await client();
  keepOnly(
    await graphAfter((text) => text.replace('watcher: {type: agent}', 'watcher: {type: agent, title: W}')),
  );
  expect(await client()).toBe(first);
});

test.each([
  [
    'a context that the kubeconfig lacks',
    (t: string) => t.replaceAll('shop-cluster', 'nowhere'),
    'setting_unavailable',
  ],
  ['a kubeconfig that is not there', (t: string) => t.replaceAll('/config', '/gone'), 'setting_unavailable'],
  [
    'a job, into which no tool reaches',
    (t: string) => t.replace('deployment/orders-api', 'job/orders-api'),
    'deployment, statefulset',
  ],
])('%s is told as such', async (_what, edit, told) => {
  const { openStack } = await import('../../harness/stack.ts');
  const stack = await openStack({ topology: edit(await readFile(lab.stack.file, 'utf8')) });
  const answer = await stack.call('k8s_describe', {}, { as: 'keeper' });
  await stack.close();
  expect(JSON.stringify(answer)).toContain(told);
  expect(JSON.stringify(answer)).not.toContain('twin-token');
});
