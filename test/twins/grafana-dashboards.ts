import { assertMay, type Context, paramOf, Refusal, violation } from './grafana-request.ts';
import type { GrafanaState, Json, StoredDashboard } from './grafana-state.ts';

export function find({ state, request }: Context) {
  const [type, text, tag, folder] = ['type', 'query', 'tag', 'folderUIDs'].map((name) =>
    paramOf(request, name),
  );
  const limit = Number(paramOf(request, 'limit') ?? 1000);
  if (limit > 5000) throw new Refusal(422, 'Limit is above maximum allowed (5000)', {}, true);
  if (type !== 'dash-db') throw violation(`type ${type}`);
  return [...state.dashboards.values()]
    .filter(({ model }) => model.title.toLowerCase().includes((text ?? '').toLowerCase()))
    .filter(({ model }) => tag === undefined || ((model.tags ?? []) as string[]).includes(tag))
    .filter(({ folderUid }) => folder === undefined || folder === (folderUid || 'general'))
    .sort((a, b) => (a.model.title < b.model.title ? -1 : 1))
    .slice(0, limit)
    .map(({ model, folderUid }) => ({
      id: model.id,
      uid: model.uid,
      title: model.title,
      uri: `db/${model.uid}`,
      url: `/d/${model.uid}/x`,
      type: 'dash-db',
      tags: model.tags ?? [],
      isStarred: false,
      sortMeta: 0,
      ...(folderUid === '' ? {} : { folderUid, folderTitle: state.folders.get(folderUid)?.title }),
    }));
}

function dashboardOf(state: GrafanaState, uid: string): StoredDashboard {
  const found = state.dashboards.get(uid);
  if (!found) throw new Refusal(404, 'Dashboard not found', { status: 'not-found' });
  return found;
}

export function show({ state, groups }: Context) {
  const { model, folderUid, provisioned } = dashboardOf(state, groups.uid ?? '');
  const meta = {
    type: 'db',
    canSave: state.may('dashboards:write', String(model.uid)),
    canEdit: state.may('dashboards:write', String(model.uid)),
    isFolder: false,
    slug: 'x',
    url: `/d/${model.uid}/x`,
    version: model.version,
    updated: '2026-01-02T03:04:05Z',
    updatedBy: 'somebody',
    folderUid,
    folderTitle: folderUid === '' ? 'General' : state.folders.get(folderUid)?.title,
    provisioned,
    provisionedExternalId: provisioned ? 'x.json' : '',
  };
  return { meta, dashboard: model };
}

export function save(context: Context) {
  const { state, request } = context;
  const { dashboard, folderUid = '', message, overwrite } = request.body as Json;
  const model = dashboard as Json;
  const stored = dashboardOf(state, String(model.uid));
  assertMay(context, 'dashboards:write', String(model.uid));
  if (stored.provisioned) throw new Refusal(400, 'Cannot save provisioned dashboard');
  if (typeof model.title !== 'string' || model.title === '')
    throw new Refusal(400, 'Dashboard title cannot be empty', { status: 'empty-name' });
  if (String(message ?? '').length > 500)
    throw new Refusal(400, 'message too long, max 500 characters', {}, true);
  if (folderUid !== '' && !state.folders.has(String(folderUid))) throw new Refusal(400, 'folder not found');
  if (model.version !== stored.model.version && overwrite !== true)
    throw new Refusal(412, 'The dashboard has been changed by someone else', { status: 'version-mismatch' });
  state.save(stored, model, String(folderUid), String(message ?? ''));
  const { id, uid, version } = stored.model;
  return { id, uid, version, status: 'success', slug: 'x', url: `/d/${uid}/x`, folderUid };
}

export function listFolders({ state, request }: Context) {
  const parent = paramOf(request, 'parentUid');
  return [...state.folders.values()]
    .filter(({ parentUid }) => parentUid === parent)
    .slice(0, Number(paramOf(request, 'limit') ?? 1000))
    .map((folder) => ({ id: 1, ...folder }));
}

export function showFolder({ state, groups }: Context) {
  const found = state.folders.get(groups.uid ?? '');
  if (!found) throw new Refusal(404, 'folder not found', { status: 'not-found' });
  return { id: 1, url: `/dashboards/f/${found.uid}/x`, canSave: true, createdBy: 'somebody', ...found };
}
