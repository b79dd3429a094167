import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../cli/run.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function policyOf(
  components: string,
  links: string,
  argv: string[] = [],
  env: Record<string, string> = {},
) {
  const file = join(folder, 'topology.yaml');
  const lines = ['stack: s', 'components:', '  a: {type: agent}', ...components.split('\n'), 'links:'];
  await writeFile(file, [...lines, ...links.split('\n').map((link) => `  - {from: a, ${link}}`)].join('\n'));
  const ran = await run(['network-policy', '-t', file, ...argv], env);
  const egress =
    ran.code === 0 ? (parse(ran.out) as { spec: { egress: object[] } }).spec.egress.slice(1) : [];
  return { ...ran, egress };
}

const METRICS = (url: string) => `  m: {type: prometheus, url: ${url}}`;
const OBSERVES = 'to: m, type: observes';

test.each([
  ['an address', '"http://192.0.2.7:9090"', { ipBlock: { cidr: '192.0.2.7/32' } }, 9090],
  ['an address of version 6', '"http://[2001:db8::7]:9090"', { ipBlock: { cidr: '2001:db8::7/128' } }, 9090],
  ['a Service', '"https://prom.monitoring.svc"', within('monitoring'), 443],
  ['a Service with its domain', '"http://prom.monitoring.svc.cluster.local"', within('monitoring'), 80],
  ['a Service of the own namespace', '"http://prom:9090"', within('stackward'), 9090],
  ['a setting of the environment', '{env: URL}', { ipBlock: { cidr: '192.0.2.9/32' } }, 80],
])('%s is reached, at its port alone', async (_name, url, to, port) => {
  const { egress } = await policyOf(METRICS(url), OBSERVES, [], { URL: 'http://192.0.2.9' });
  expect(egress).toEqual([{ to: [to], ports: [{ protocol: 'TCP', port }] }]);
});

function within(namespace: string) {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

test.each([
  ['a name of the DNS', '"https://prom.example.org"', /prom\.example\.org, a name.*--address m=203/],
  ['a name that looks like a Service', '"https://shop.com"', /shop\.com, a name/],
  ['this machine', '"http://localhost:9090"', /localhost, a name/],
  ['a variable that is not set', '{env: NOWHERE}', /environment variable NOWHERE.*--address m=/],
])('%s is refused, and nothing is printed', async (_name, url, why) => {
  const { code, out, err } = await policyOf(METRICS(url), OBSERVES);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(why);
});

test('an address that is given stands in place of what the topology says, a network too', async () => {
  const argv = ['--address', 'm=203.0.113.0/24:443', '--also', '192.0.2.1:5432'];
  const { egress } = await policyOf(METRICS('"https://prom.example.org"'), OBSERVES, argv);
  expect(egress).toEqual([
    { to: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [{ protocol: 'TCP', port: 5432 }] },
    { to: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ protocol: 'TCP', port: 443 }] },
  ]);
});

test.each(['m=203.0.113.0/0:443', 'm=203.0.113.0/33:443', 'm=0.0.0.0/x:443'])(
  'a network as wide as everything, or none, is refused: %s',
  async (address) => {
    const { code, out } = await policyOf(METRICS('"https://x"'), OBSERVES, ['--address', address]);
    expect([code === 0, out]).toEqual([false, '']);
  },
);

test('what no link reaches is not reached', async () => {
  const components = `${METRICS('"http://192.0.2.7:9090"')}\n  other: {type: prometheus, url: "http://192.0.2.8:9090"}`;
  expect((await policyOf(components, OBSERVES)).out).not.toContain('192.0.2.8');
});

test('a workload is reached through the API server of its cluster, once', async () => {
  const components = `  c: {type: kubernetes, in_cluster: true, namespaces: {n: {}}}
  w: {type: kubernetes-workload, cluster: c, namespace: n, workload: deployment/w}`;
  const links = 'to: c, type: observes\nto: w, type: observes';
  const without = await policyOf(components, links);
  expect(without.err).toMatch(/^c \(kubernetes\): the address of its API server/);
  const { egress } = await policyOf(components, links, ['--address', 'c=10.0.0.1:6443']);
  expect(egress).toEqual([
    { to: [{ ipBlock: { cidr: '10.0.0.1/32' } }], ports: [{ protocol: 'TCP', port: 6443 }] },
  ]);
});
