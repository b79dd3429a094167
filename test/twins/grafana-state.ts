export type Json = Record<string, unknown>;

export interface StoredDashboard {
  model: Json & { id: number; uid: string; title: string; version: number };
  /** Empty for none. */
  folderUid: string;
  provisioned: boolean;
  readonly history: { version: number; message: string; model: Json }[];
}
export interface StoredAnnotation {
  id: number;
  dashboardUID?: string;
  panelId: number;
  time: number;
  timeEnd: number;
  text: string;
  tags: string[];
  created: number;
  updated: number;
  login: string;
  email: string;
}
export interface StoredSource {
  id: number;
  uid: string;
  name: string;
  type: string;
  isDefault: boolean;
  healthy: boolean;
}
export interface StoredRule {
  uid: string;
  name: string;
  state: string;
  alerts: { state: string; labels: Record<string, string> }[];
}
export interface StoredGroup {
  name: string;
  folderUid: string;
  rules: StoredRule[];
}

/** Credentials that Grafana knows of and that no answer to an agent may show. */
export const BACKEND_SECRET = 'b4ckend-s3cret';
const NOW = Date.parse('2026-01-02T03:04:05Z');

/** What the role Editor has, as far as it matters here. */
const EVERYTHING: Readonly<Record<string, string[]>> = {
  'dashboards:read': ['dashboards:*', 'folders:*'],
  'dashboards:write': ['dashboards:*', 'folders:*'],
  'annotations:read': ['annotations:*', 'dashboards:*', 'folders:*'],
  'annotations:create': ['annotations:*', 'dashboards:*', 'folders:*'],
  'annotations:delete': ['annotations:*', 'dashboards:*', 'folders:*'],
};

/** What a Grafana holds, and how it changes by itself: versions, numbers and times. */
export class GrafanaState {
  readonly folders = new Map<string, { uid: string; title: string; parentUid?: string }>();
  readonly dashboards = new Map<string, StoredDashboard>();
  readonly sources: StoredSource[] = [];
  readonly groups: StoredGroup[] = [];
  annotations: StoredAnnotation[] = [];
  /** Scopes of each action that the account has; undefined in a version that does not say. */
  permissions: Record<string, string[]> | undefined = structuredClone(EVERYTHING);
  #serial = 0;
  #clock = NOW;

  /** Whether the account may do something to a dashboard: there, in its folder, or in one that holds it. */
  may(action: string, uid: string): boolean {
    const { permissions = EVERYTHING } = this;
    const places = ['annotations:type:dashboard', `dashboards:uid:${uid}`];
    let folder: string | undefined = this.dashboards.get(uid)?.folderUid || 'general';
    for (; folder !== undefined; folder = this.folders.get(folder)?.parentUid)
      places.push(`folders:uid:${folder}`);
    const fits = (scope: string) =>
      places.some((place) => (scope.endsWith('*') ? place.startsWith(scope.slice(0, -1)) : scope === place));
    return (permissions[action] ?? []).some(fits);
  }

  next = (): number => ++this.#serial;
  tick = (): number => (this.#clock += 1000);

  addFolder(uid: string, title: string, parentUid?: string): void {
    this.folders.set(uid, { uid, title, ...(parentUid === undefined ? {} : { parentUid }) });
  }

  /** Makes a dashboard, as an import by a person would. */
  addDashboard(folderUid: string, uid: string, model: Json, provisioned = false): StoredDashboard {
    const stored: StoredDashboard = {
      model: { title: uid, ...model, id: this.next(), uid, version: 1 },
      folderUid,
      provisioned,
      history: [],
    };
    this.#remember(stored, 'made by hand');
    this.dashboards.set(uid, stored);
    return stored;
  }

  /** Saves a model over another, as a new version of it. */
  save(stored: StoredDashboard, model: Json, folderUid: string, message: string): void {
    const { id, uid, version } = stored.model;
    const { title } = model as { title: string };
    stored.model = { ...structuredClone(model), title, id, uid, version: version + 1 };
    stored.folderUid = folderUid;
    this.#remember(stored, message);
  }

  /** What somebody else does in the browser. */
  editByHand(uid: string, change: (model: Json) => void): void {
    const stored = this.dashboards.get(uid);
    if (!stored) throw new Error(`no dashboard ${uid}`);
    const model = structuredClone(stored.model);
    change(model);
    this.save(stored, model, stored.folderUid, 'by hand');
  }

  addAnnotation(given: Partial<StoredAnnotation> & { text: string }): StoredAnnotation {
    const now = this.tick();
    const time = given.time || now;
    const made: StoredAnnotation = {
      panelId: 0,
      tags: [],
      login: 'sa-stackward',
      email: 'somebody@example.org',
      ...given,
      id: this.next(),
      time,
      timeEnd: given.timeEnd || time,
      created: now,
      updated: now,
    };
    this.annotations.push(made);
    return made;
  }

  editAnnotation(id: number, change: Partial<StoredAnnotation>): void {
    const found = this.annotations.find((one) => one.id === id);
    if (!found) throw new Error(`no annotation ${id}`);
    Object.assign(found, change, { updated: this.tick() });
  }

  addSource(uid: string, type: string, more: Partial<StoredSource> = {}): void {
    this.sources.push({
      id: this.next(),
      uid,
      name: `name of ${uid}`,
      type,
      isDefault: false,
      healthy: true,
      ...more,
    });
  }

  /** All that a test compares before and after, without versions, which only grow. */
  contents(): Json {
    const models = [...this.dashboards.values()].map(({ model: { version: _, ...model }, folderUid }) => ({
      model,
      folderUid,
    }));
    return structuredClone({ models, annotations: this.annotations });
  }

  #remember(stored: StoredDashboard, message: string): void {
    const { version } = stored.model;
    stored.history.push({ version, message, model: structuredClone(stored.model) });
  }
}
