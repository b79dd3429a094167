/** A Kubernetes object, as a manifest in Git or as it lives in the cluster. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}
export interface TwinSource {
  readonly repoURL: string;
  readonly path: string;
  readonly targetRevision: string;
  readonly [field: string]: unknown;
}
export interface TwinHistory {
  readonly id: number;
  readonly revision: string;
  readonly source: TwinSource;
  readonly deployedAt: string;
  readonly deployStartedAt: string;
  readonly initiatedBy: { username?: string; automated?: boolean };
}
export interface TwinOperation {
  readonly sync: {
    revision: string;
    dryRun?: boolean;
    source?: TwinSource;
    syncStrategy?: { apply: object };
  };
  readonly initiatedBy: { username?: string; automated?: boolean };
  readonly info?: readonly { name: string; value: string }[];
}
export interface TwinState {
  operation: TwinOperation;
  phase: string;
  message: string;
  startedAt: string;
  finishedAt?: string;
  syncResult?: { revision: string; source: TwinSource; resources: Record<string, unknown>[] };
}
export interface TwinApp {
  readonly name: string;
  namespace: string;
  project: string;
  source: TwinSource;
  automated?: { prune?: boolean; selfHeal?: boolean; enabled?: boolean };
  syncOptions?: string[];
  deletionTimestamp?: string;
  ownerReferences?: { kind: string; name: string }[];
  history: TwinHistory[];
  live: Map<string, Manifest>;
  operation?: TwinOperation;
  state?: TwinState;
  conditions: { type: string; message: string }[];
}

export const groupOf = ({ apiVersion }: Manifest): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
export const keyOf = (one: Manifest): string =>
  [groupOf(one), one.kind, one.metadata.namespace ?? '', one.metadata.name].join('/');
export const identity = (one: Manifest) => ({
  group: groupOf(one),
  version: one.apiVersion.split('/').at(-1),
  kind: one.kind,
  namespace: one.metadata.namespace ?? '',
  name: one.metadata.name,
});
const hookOf = ({ metadata }: Manifest): string | undefined =>
  metadata.annotations?.['argocd.argoproj.io/hook'];
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Git, the cluster and the controller of the twin. Nothing here runs by itself: a poll or a test moves it. */
export class ArgoState {
  readonly apps: TwinApp[] = [];
  /** Manifests by commit. */
  readonly commits = new Map<string, readonly Manifest[]>();
  /** Commits by the name of a branch. */
  readonly branches = new Map<string, string>();
  /** Names of objects whose apply fails; with `dry`, in a dry run already. */
  readonly failing = new Map<string, 'dry' | 'real'>();
  /** Reads of an application until its operation ends. */
  polls = 2;
  #clock = Date.parse('2026-01-05T10:00:00Z');
  readonly #seen = new Map<TwinApp, number>();

  /** A new second each time, as RFC 3339. */
  now(): string {
    this.#clock += 1000;
    return new Date(this.#clock).toISOString().replace('.000', '');
  }

  app(name: string, namespace = 'argocd'): TwinApp {
    const found = this.apps.find((one) => one.name === name && one.namespace === namespace);
    if (!found) throw new Error(`no application ${name}`);
    return found;
  }

  resolve(revision: string): string {
    return this.branches.get(revision) ?? revision;
  }

  manifestsOf(revision: string): readonly Manifest[] {
    return (this.commits.get(this.resolve(revision)) ?? []).filter((one) => !hookOf(one));
  }

  /** The target's manifests that live otherwise or not at all, and what lives without being in the target. */
  isSynced(app: TwinApp): boolean {
    const target = this.manifestsOf(app.source.targetRevision);
    return target.length === app.live.size && target.every((one) => isSame(app.live.get(keyOf(one)), one));
  }

  begin(app: TwinApp, operation: TwinOperation): void {
    app.operation = operation;
    delete app.state;
    this.#seen.set(app, 0);
  }

  /** What a poll lets the controller do. */
  step(app: TwinApp): void {
    const { operation } = app;
    if (!operation) return;
    const seen = (this.#seen.get(app) ?? 0) + 1;
    this.#seen.set(app, seen);
    app.state ??= { operation, phase: 'Running', message: '', startedAt: this.now() };
    if (seen >= this.polls) this.#end(app, operation, app.state);
  }

  /** Deploys at once, as a person or auto-sync would. */
  deploy(app: TwinApp, revision: string, by: TwinOperation['initiatedBy'] = { username: 'admin' }): void {
    this.begin(app, { sync: { revision: this.resolve(revision) }, initiatedBy: by });
    this.finish(app);
  }

  finish(app: TwinApp): void {
    while (app.operation) this.step(app);
  }

  /** What the controller does when it compares: auto-sync deploys what differs. */
  reconcile(app: TwinApp): void {
    const isOn = app.automated !== undefined && app.automated.enabled !== false;
    if (isOn && !app.operation && !this.isSynced(app))
      this.deploy(app, app.source.targetRevision, { automated: true });
  }

  #end(app: TwinApp, { sync, initiatedBy }: TwinOperation, state: TwinState): void {
    const source = sync.source ?? app.source;
    const all = this.commits.get(sync.revision) ?? [];
    const skipsHooks = sync.syncStrategy?.apply !== undefined;
    const resources: Record<string, unknown>[] = [];
    let phase = 'Succeeded';
    for (const one of all) {
      const hook = hookOf(one);
      if (hook && skipsHooks) continue;
      const failing = this.failing.get(one.metadata.name);
      const fails = failing === 'dry' || (failing === 'real' && !sync.dryRun);
      if (!fails && !sync.dryRun && !hook) app.live.set(keyOf(one), structuredClone(one));
      const done = app.live.has(keyOf(one)) ? 'configured' : 'created';
      resources.push({
        ...identity(one),
        status: fails ? 'SyncFailed' : 'Synced',
        message: fails ? 'admission webhook denied the request' : `${one.kind} ${done}`,
        hookPhase: fails ? 'Failed' : 'Succeeded',
        syncPhase: hook ?? 'Sync',
        ...(hook ? { hookType: hook } : {}),
      });
      if (fails) {
        phase = 'Failed';
        break;
      }
    }
    Object.assign(state, {
      phase,
      message: phase === 'Failed' ? 'one or more objects failed to apply' : 'successfully synced',
      finishedAt: this.now(),
      syncResult: { revision: sync.revision, source, resources },
    });
    delete app.operation;
    if (phase !== 'Succeeded' || sync.dryRun) return;
    const id = (app.history.at(-1)?.id ?? -1) + 1;
    const entry = { id, revision: sync.revision, source: structuredClone(source), initiatedBy };
    const times = { deployStartedAt: state.startedAt, deployedAt: this.now() };
    app.history = [...app.history, { ...entry, ...times }].slice(-10);
  }
}
