import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { run } from '../cli/run.ts';
import { ensureProgram } from '../harness/install.ts';
import { type HelmTwin, openHelmTwin } from '../twins/helm/helm-template.ts';
import { problemsOf } from './api-object.ts';

const FOLDER = new URL('../../examples/kubernetes/', import.meta.url).pathname;
const CHART = `${FOLDER}helm/stackward`;
const AT = { release: 'stackward', namespace: 'stackward' };
const FLAGS = { MCP_ORDERS_API_WRITE_ACCESS: 'true' };
const API_SERVER = ['--address', 'prod=10.96.0.1:6443'];
const DATABASE = ['--also', 'stackward-db.data.svc:5432'];

interface Thing {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly Container[];
        readonly volumes: readonly { name: string }[];
      };
    };
  };
}
interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly readOnly?: true }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
}
/** Kubernetes reads YAML 1.1, in which 0440 is octal. */
const documentsOf = (text: string): Thing[] =>
  parseAllDocuments(text, { version: '1.1' })
    .map((document) => document.toJS() as Thing | null)
    .filter((one) => one !== null);

const rbac = async () => {
  const ran = await run(['rbac', '-t', `${FOLDER}topology.yaml`, '--json'], FLAGS);
  return (JSON.parse(ran.out) as { manifests: object[] }[]).flatMap(({ manifests }) => manifests);
};
const policy = async () => {
  const argv = ['network-policy', '-t', `${FOLDER}topology.yaml`, '--json', ...API_SERVER, ...DATABASE];
  return JSON.parse((await run(argv)).out) as object;
};

test('the Roles and the NetworkPolicy of the example are what the commands print, and fit the API', async () => {
  const roles = await run(['rbac', '-t', `${FOLDER}topology.yaml`], FLAGS);
  const network = await run(['network-policy', '-t', `${FOLDER}topology.yaml`, ...API_SERVER, ...DATABASE]);
  expect([roles.code, network.code, roles.err, network.err]).toEqual([0, 0, '', '']);
  await expect(roles.out).toMatchFileSnapshot(`${FOLDER}manifests/rbac.yaml`);
  await expect(network.out).toMatchFileSnapshot(`${FOLDER}manifests/network-policy.yaml`);
  for (const one of [...documentsOf(roles.out), ...documentsOf(network.out)])
    expect(problemsOf(one)).toEqual([]);
});

describe.runIf(ensureProgram('go'))('the chart', () => {
  let helm: HelmTwin;
  let values: Record<string, unknown>;
  beforeAll(async () => {
    helm = await openHelmTwin();
    const text = await readFile(`${FOLDER}values.yaml`, 'utf8');
    const topology = await readFile(`${FOLDER}topology.yaml`, 'utf8');
    values = { ...(parse(text) as object), topology };
  });
  afterAll(() => helm.close());

  const render = async (more: Record<string, unknown> = {}) => {
    const rendered = await helm.template(CHART, { ...values, ...more }, AT);
    return [...rendered].filter(([name]) => name.endsWith('.yaml'));
  };
  const objects = async (more?: Record<string, unknown>) =>
    (await render(more)).flatMap(([, text]) => documentsOf(text));
  const workload = async (more?: Record<string, unknown>) => {
    const found = (await objects(more)).find(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind));
    const container = found?.spec.template.spec.containers[0];
    if (!found || !container) throw new Error('the chart makes no workload');
    return { found, container };
  };

  test('renders what lies in manifests/, and every object fits the API', async () => {
    const rendered = await render();
    const text = rendered
      .filter(([, one]) => documentsOf(one).length > 0)
      .map(([, one]) => one.trim())
      .join('\n---\n');
    await expect(`${text}\n`).toMatchFileSnapshot(`${FOLDER}manifests/stackward.yaml`);
    const all = documentsOf(text);
    expect(all.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
    ]);
    for (const one of all) expect(problemsOf(one)).toEqual([]);
  });

  test('takes the Roles and the NetworkPolicy that the commands print', async () => {
    const all = await objects({ rbac: await rbac(), networkPolicy: await policy() });
    expect(all.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['Role', 'RoleBinding', 'NetworkPolicy']),
    );
    for (const one of all) expect(problemsOf(one)).toEqual([]);
  });

  test('one replica without a database keeps its data in a volume of its own', async () => {
    const { found, container } = await workload({ replicas: 1, database: {}, keys: {} });
    expect(found.kind).toBe('StatefulSet');
    expect(problemsOf(found)).toEqual([]);
    expect(container.env.map(({ name }) => name)).not.toContain('STACKWARD_DATABASE_URL_FILE');
    expect(found.spec.template.spec.volumes.map(({ name }) => name)).not.toContain('data');
  });

  test('a Loki for the audit is named in variables, and its token is a file', async () => {
    const auditLoki = {
      url: 'https://logs.example.org',
      tenant: 'ops',
      tokenSecret: 'loki',
      tokenKey: 'push',
    };
    const { found, container } = await workload({ auditLoki });
    expect(problemsOf(found)).toEqual([]);
    expect(container.env).toEqual(
      expect.arrayContaining([
        { name: 'STACKWARD_AUDIT_LOKI_URL', value: 'https://logs.example.org' },
        { name: 'STACKWARD_AUDIT_LOKI_TENANT', value: 'ops' },
        { name: 'STACKWARD_AUDIT_LOKI_TOKEN_FILE', value: '/run/stackward/audit-loki/token' },
      ]),
    );
    expect(container.env.map(({ name }) => name)).not.toContain('STACKWARD_AUDIT_LOKI_USER');
    expect(found.spec.template.spec.volumes).toContainEqual({
      name: 'audit-loki',
      secret: { secretName: 'loki', defaultMode: 0o440, items: [{ key: 'push', path: 'token' }] },
    });
  });

  test('no credential is in an environment variable, and nothing that runs can be changed from within', async () => {
    const { found, container } = await workload();
    expect(container.env.map(({ name }) => name)).not.toContain('STACKWARD_DATABASE_URL');
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const writable = container.volumeMounts
      .filter(({ readOnly }) => readOnly !== true)
      .map(({ name }) => name);
    expect(writable).toEqual(['data', 'tmp']);
    expect(found.spec.template.spec).toMatchObject({ securityContext: { runAsNonRoot: true } });
  });

  test('its command line is one that the server takes', async () => {
    const { container } = await workload();
    const ran = await run([...container.args, '--help']);
    expect([ran.code, ran.err]).toEqual([0, '']);
    for (const option of container.args.filter((one) => one.startsWith('--')))
      expect(ran.out).toContain(option.split('=')[0]);
  });

  test.each([
    ['two replicas without a database', { database: {} }, /stands on PostgreSQL/],
    ['replicas without shared keys', { keys: {} }, /stackward keys create/],
    ['no topology', { topology: '' }, /nothing can be served/],
    ['no image', { image: {} }, /build the Dockerfile/],
    ['a value that it does not know', { replica: 2 }, /must NOT have additional properties/],
    ['a flag that is neither true nor false', { writeFlags: { MCP_A_WRITE_ACCESS: 'yes' } }, /writeFlags/],
    ['a password in an address', { auditLoki: { url: 'https://me:secret@logs' } }, /auditLoki/],
    ['rights for everything', { rbac: [{ kind: 'ClusterRole' }] }, /rbac/],
  ])('%s is refused with the reason', async (_name, more, why) => {
    await expect(render(more)).rejects.toThrow(why);
  });
});
