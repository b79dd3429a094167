import { type ArgoState, identity, keyOf, type Manifest, type TwinApp } from './argocd-state.ts';

/** An application as the API gives it. */
export function answerOf(state: ArgoState, app: TwinApp) {
  const { name, namespace, project, source, automated, syncOptions, history, conditions } = app;
  const { deletionTimestamp, ownerReferences, operation, state: operationState } = app;
  const images = [...app.live.values()].flatMap(imagesOf);
  return structuredClone({
    metadata: {
      name,
      namespace,
      uid: `app-${name}`,
      resourceVersion: '7',
      ...(deletionTimestamp ? { deletionTimestamp } : {}),
      ...(ownerReferences ? { ownerReferences } : {}),
    },
    spec: {
      project,
      source,
      destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
      ...(automated || syncOptions ? { syncPolicy: { automated, syncOptions } } : {}),
    },
    ...(operation ? { operation } : {}),
    status: {
      sync: {
        status: state.isSynced(app) ? 'Synced' : 'OutOfSync',
        revision: state.resolve(source.targetRevision),
        comparedTo: { source, destination: {} },
      },
      health: { status: app.live.size > 0 ? 'Healthy' : 'Missing' },
      summary: { ...(images.length > 0 ? { images } : {}) },
      ...(history.length > 0 ? { history } : {}),
      ...(conditions.length > 0 ? { conditions } : {}),
      ...(operationState ? { operationState } : {}),
      reconciledAt: '2026-01-05T09:59:00Z',
      resources: pairsOf(state, app).map(({ live, target }) => ({
        ...identity((live ?? target) as Manifest),
        status: same(live, target) ? 'Synced' : 'OutOfSync',
        health: { status: live ? 'Healthy' : 'Missing' },
        ...(target ? {} : { requiresPruning: true }),
      })),
    },
  });
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

interface Pod {
  spec?: { template?: { spec?: { containers?: { image: string }[] } } };
}
const imagesOf = (one: Manifest): string[] =>
  ((one as Pod).spec?.template?.spec?.containers ?? []).map(({ image }) => image);

function pairsOf(state: ArgoState, app: TwinApp) {
  const target = new Map(state.manifestsOf(app.source.targetRevision).map((one) => [keyOf(one), one]));
  return [...new Set([...target.keys(), ...app.live.keys()])].map((key) => ({
    key,
    live: app.live.get(key),
    target: target.get(key),
  }));
}

/** The list, of the fields that are asked for alone; `items` is null where there is none. */
export function listed(state: ArgoState, query: ReadonlyMap<string, string>) {
  const found = state.apps.filter(
    ({ project, namespace }) =>
      [undefined, project].includes(query.get('projects')) &&
      [undefined, namespace].includes(query.get('appNamespace')),
  );
  const fields = query.get('fields');
  const items = found.map((app) => {
    const whole = answerOf(state, app);
    return fields === undefined ? whole : picked(whole, fields.split(','));
  });
  return { metadata: {}, items: items.length > 0 ? items : null };
}

function picked(whole: object, fields: readonly string[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of fields) {
    const path = field.split('.').slice(1);
    const value = path.reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | undefined)?.[key],
      whole,
    );
    if (value === undefined) continue;
    let into = out;
    for (const key of path.slice(0, -1)) {
      into[key] ??= {};
      into = into[key] as Record<string, unknown>;
    }
    into[path.at(-1) ?? ''] = value;
  }
  return out;
}

export interface Node {
  kind: string;
  group: string;
  version: string | undefined;
  name: string;
  namespace: string;
  uid: string;
  [field: string]: unknown;
}

/** The resource tree: what lives, and a ReplicaSet with one pod below each Deployment. */
export function treeOf(app: TwinApp): { nodes: Node[]; orphanedNodes: Node[] } {
  const nodes = [...app.live.values()].flatMap((one) => {
    const own = { ...identity(one), uid: `uid-${one.kind}-${one.metadata.name}` };
    const top = { ...own, health: { status: 'Healthy' }, createdAt: '2026-01-01T00:00:00Z' };
    if (one.kind !== 'Deployment') return [top];
    const set = child(own, 'apps', 'ReplicaSet', `${own.name}-7d9`);
    return [top, set, { ...child(set, '', 'Pod', `${own.name}-7d9-abc`), images: imagesOf(one) }];
  });
  const orphan = { ...identity(ORPHAN), uid: 'uid-orphan' };
  return { nodes, orphanedNodes: [orphan] };
}

const ORPHAN: Manifest = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'orphan', namespace: 'shop' },
};

const child = (parent: Node, group: string, kind: string, name: string): Node => ({
  group,
  version: 'v1',
  kind,
  name,
  namespace: parent.namespace,
  uid: `uid-${kind}-${name}`,
  parentRefs: [
    {
      group: parent.group,
      kind: parent.kind,
      namespace: parent.namespace,
      name: parent.name,
      uid: parent.uid,
    },
  ],
  health: { status: 'Healthy' },
});

/** Managed resources, with the data of Secrets hidden as the server does. */
export const managedOf = (state: ArgoState, app: TwinApp) => ({
  items: pairsOf(state, app).map(({ live, target }) => {
    const { version: _, ...identified } = identity((live ?? target) as Manifest);
    const [liveState, targetState] = [textOf(live, '+++++'), textOf(target, '++++++++')];
    return {
      ...identified,
      targetState,
      liveState,
      normalizedLiveState: liveState,
      predictedLiveState: targetState,
      resourceVersion: '3',
    };
  }),
});

function textOf(one: Manifest | undefined, mask: string): string {
  if (!one) return 'null';
  if (one.kind !== 'Secret') return JSON.stringify(one);
  const data = Object.keys((one.data as object | undefined) ?? {}).map((key) => [key, mask]);
  return JSON.stringify({ ...one, data: Object.fromEntries(data) });
}
