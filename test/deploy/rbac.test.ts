import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterRoles } from '../../src/deploy/cluster-roles.ts';
import { SERVICES } from '../../src/services/index.ts';
import type { NamespaceRole } from '../../src/toolset/cluster-role.ts';
import { flagsFrom } from '../../src/toolset/flags.ts';
import { reachOf, STACK_PRINCIPAL } from '../../src/toolset/reach.ts';
import { type Lab, openLab, setImage } from '../services/kubernetes/fixture.ts';
import type { TwinRequest } from '../twins/kubernetes.ts';

/** What one request needs, as the API server's authorizer sees it. */
interface Asked {
  readonly namespace: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string | undefined;
  readonly verb: string;
}

const PATH =
  /^\/(?:api\/v1|apis\/(?<group>[^/]+)\/[^/]+)\/namespaces\/(?<namespace>[^/]+)\/(?<plural>[^/]+)(?:\/(?<name>[^/]+)(?:\/(?<sub>[^/]+))?)?$/;

/** @see https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb */
function askedBy({ method, path }: TwinRequest): Asked {
  const { group = '', namespace = '', plural = '', name, sub } = PATH.exec(path)?.groups ?? {};
  const verb = method === 'PATCH' ? 'patch' : name === undefined ? 'list' : 'get';
  return { namespace, group, resource: sub ? `${plural}/${sub}` : plural, name, verb };
}

const grants = (roles: readonly NamespaceRole[], { namespace, group, resource, name, verb }: Asked) =>
  roles
    .filter((role) => role.namespace === namespace)
    .flatMap(({ rules }) => rules)
    .filter(
      (rule) =>
        rule.group === group &&
        rule.resource === resource &&
        rule.verbs.includes(verb) &&
        (rule.names === undefined || (name !== undefined && rule.names.includes(name))),
    );

let lab: Lab;
const rolesOf = (env: Record<string, string>, as = STACK_PRINCIPAL) => {
  const { graph } = lab.stack.stackward.catalogs.of(STACK_PRINCIPAL);
  const found = clusterRoles(graph, reachOf(graph, SERVICES, as), flagsFrom(env));
  expect(found).toHaveLength(1);
  return found[0]?.roles ?? [];
};

const CLUSTER = { MCP_PROD_WRITE_ACCESS: 'true' };
const WORKLOADS = { MCP_ORDERS_API_WRITE_ACCESS: 'true', MCP_QUEUE_WRITE_ACCESS: 'true' };

beforeAll(async () => {
  lab = await openLab({ ...CLUSTER, ...WORKLOADS });
  setImage(lab, 'orders-api', 'orders:2', 'two');
});
afterAll(() => lab.close());

/** Calls every tool in every way that it reaches further, and gives back what was asked of the cluster. */
async function useEveryTool(as: string, target: string, workloads: readonly string[]): Promise<Asked[]> {
  lab.twin.forget();
  const isNamespace = target.includes('/');
  const whole = { target };
  for (const tool of ['k8s_list_workloads', 'k8s_list_pods', 'k8s_top', 'k8s_events'])
    await lab.ok(tool, whole, as);
  for (const workload of workloads) {
    const at = isNamespace ? { target, workload } : { target };
    for (const tool of ['k8s_describe', 'k8s_rollout_status', 'k8s_list_pods', 'k8s_top', 'k8s_events'])
      await lab.ok(tool, at, as);
    const pods = (await lab.ok('k8s_list_pods', at, as)).pods as { name: string }[];
    await lab.ok('k8s_logs', { target, pod: pods[0]?.name ?? '' }, as);
    await lab.ok('k8s_restart', at, as);
    if (!workload.startsWith('daemonset')) await lab.ok('k8s_scale', { ...at, replicas: 3 }, as);
    if (!workload.startsWith('deployment')) continue;
    const { revisions } = (await lab.ok('k8s_revisions', at, as)) as { revisions: { revision: number }[] };
    const oldest = Math.min(...revisions.map(({ revision }) => revision));
    await lab.ok('k8s_rollback_workload', { ...at, revision: oldest }, as);
  }
  return lab.twin.requests.map(askedBy);
}

const places = [
  {
    as: 'ops',
    target: 'prod/shop',
    workloads: ['deployment/orders-api', 'statefulset/queue', 'daemonset/agent'],
  },
  { as: 'keeper', target: 'orders-api', workloads: ['deployment/orders-api'] },
  { as: 'ops', target: 'queue', workloads: ['statefulset/queue'] },
];

test.each(places)('the Role lets every tool work on $target, and each right in it is used', async (place) => {
  const component = place.target.split('/')[0] ?? '';
  const { graph } = lab.stack.stackward.catalogs.of(STACK_PRINCIPAL);
  const reach = new Map(
    [...reachOf(graph, SERVICES, STACK_PRINCIPAL)].filter(([name]) => name === component),
  );
  const [cluster] = clusterRoles(graph, reach, flagsFrom({ ...CLUSTER, ...WORKLOADS }));
  const roles = cluster?.roles ?? [];
  const asked = await useEveryTool(place.as, place.target, place.workloads);
  expect(asked.filter((one) => grants(roles, one).length === 0)).toEqual([]);

  const unused = roles.flatMap(({ namespace, rules }) =>
    rules.flatMap((rule) =>
      rule.verbs.flatMap((verb) =>
        (rule.names ?? [undefined])
          .filter(
            (name) =>
              !asked.some(
                (one) =>
                  one.verb === verb &&
                  one.namespace === namespace &&
                  grants([{ namespace, rules: [rule] }], one).length > 0 &&
                  (name === undefined || one.name === name),
              ),
          )
          .map((name) => ({ ...rule, verb, name })),
      ),
    ),
  );
  expect(unused).toEqual([]);
});

test('without a flag nobody may change anything, and a flag of one workload opens that one by name', () => {
  const verbs = (roles: readonly NamespaceRole[]) =>
    roles.flatMap(({ rules }) => rules.flatMap((rule) => rule.verbs));
  expect(new Set(verbs(rolesOf({})))).toEqual(new Set(['get', 'list']));
  const patches = rolesOf(WORKLOADS).flatMap(({ rules }) =>
    rules.filter((rule) => rule.verbs.includes('patch')),
  );
  expect(patches.map(({ resource, names }) => [resource, names])).toEqual([
    ['deployments', ['orders-api']],
    ['deployments/scale', ['orders-api']],
    ['statefulsets', ['queue']],
    ['statefulsets/scale', ['queue']],
  ]);
});

test('an agent that only watches is given no change, whatever the flags say', () => {
  const roles = rolesOf({ ...CLUSTER, ...WORKLOADS }, 'watcher');
  expect(roles.flatMap(({ rules }) => rules.flatMap((rule) => rule.verbs))).not.toContain('patch');
});

test('no wildcard, no Secret that is not named, nothing of the cluster as a whole', () => {
  const text = JSON.stringify(rolesOf({ ...CLUSTER, ...WORKLOADS }));
  expect(text).not.toMatch(/\*|secrets|exec|nodes|"delete|"create|"update/);
});
