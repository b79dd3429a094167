import { assertMay, type Context, only, paramOf, Refusal, violation } from './grafana-request.ts';
import { BACKEND_SECRET, type Json } from './grafana-state.ts';

const QUERY_FIELDS: Readonly<Record<string, readonly string[]>> = {
  prometheus: 'expr instant range format exemplar interval utcOffsetSec'.split(' '),
  loki: 'expr queryType maxLines direction step'.split(' '),
};

export const listSources = ({ state }: Context) =>
  state.sources.map(({ healthy: _, ...source }) => ({
    orgId: 1,
    ...source,
    access: 'proxy',
    url: `http://grafana:${BACKEND_SECRET}@backend:9090`,
    user: 'grafana',
    password: BACKEND_SECRET,
    basicAuth: true,
    basicAuthPassword: BACKEND_SECRET,
    jsonData: { httpHeaderValue1: BACKEND_SECRET },
    secureJsonFields: { basicAuthPassword: true },
    secureJsonData: { basicAuthPassword: BACKEND_SECRET },
    readOnly: false,
  }));

export function health({ state, groups }: Context) {
  const source = state.sources.find(({ uid }) => uid === groups.uid);
  if (!source) throw new Refusal(404, 'Data source not found');
  if (source.healthy)
    return { status: 'OK', message: `Successfully queried http://${BACKEND_SECRET}@backend` };
  throw new Refusal(400, `Post "http://grafana:${BACKEND_SECRET}@backend": dial tcp`, { status: 'ERROR' });
}

export function listAnnotations({ state, request }: Context) {
  const uid = paramOf(request, 'dashboardUID');
  if (uid !== undefined && !state.dashboards.has(uid))
    throw new Refusal(400, 'Invalid dashboard UID in annotation request');
  const type = paramOf(request, 'type');
  const tags = request.query.filter(([name]) => name === 'tags').map(([, tag]) => tag);
  const from = Number(paramOf(request, 'from'));
  const to = Number(paramOf(request, 'to'));
  return state.annotations
    .filter((one) => uid === undefined || one.dashboardUID === uid)
    .filter(() => type !== 'alert')
    .filter((one) => tags.every((tag) => one.tags.includes(tag)))
    .filter((one) => one.time <= to && one.timeEnd >= from)
    .sort((a, b) => b.timeEnd - a.timeEnd)
    .slice(0, Number(paramOf(request, 'limit') ?? 100));
}

export function annotate(context: Context) {
  const { state, request } = context;
  const { dashboardUID, text, tags, panelId, time, timeEnd } = request.body as Partial<Record<string, never>>;
  if (!text) throw new Refusal(400, 'Failed to save annotation');
  assertMay(context, 'annotations:create', String(dashboardUID));
  // As Grafana does: for a uid that it does not know the annotation becomes one of the whole organisation.
  const known = state.dashboards.has(String(dashboardUID)) ? { dashboardUID } : {};
  const made = state.addAnnotation({
    text,
    ...known,
    panelId: panelId ?? 0,
    tags: tags ?? [],
    ...{ time, timeEnd },
  } as never);
  return { message: 'Annotation added', id: made.id };
}

function annotationOf({ state, groups }: Context) {
  const found = state.annotations.find(({ id }) => String(id) === groups.id);
  if (!found) throw new Refusal(404, 'Annotation not found');
  return found;
}
/** Versions before 12 name the dashboard of one annotation by its number alone, and by its uid in lists. */
export function showAnnotation(context: Context) {
  const found = annotationOf(context);
  if (context.isOf12) return found;
  const dashboard = context.state.dashboards.get(found.dashboardUID ?? '');
  return { ...found, dashboardUID: null, dashboardId: dashboard?.model.id ?? 0 };
}

export function deleteAnnotation(context: Context) {
  const found = annotationOf(context);
  assertMay(context, 'annotations:delete', found.dashboardUID ?? '');
  context.state.annotations = context.state.annotations.filter((one) => one !== found);
  return { message: 'Annotation deleted' };
}

export function rules({ state, request, isOld }: Context) {
  const asked = isOld ? undefined : paramOf(request, 'folder_uid');
  const known = asked !== undefined && state.folders.has(asked);
  const groups = state.groups
    // As Grafana does: a folder that it does not know, or hides from the account, filters nothing.
    .filter(({ folderUid }) => !known || folderUid === asked)
    .map(({ name, folderUid, rules }) => ({
      name,
      file: state.folders.get(folderUid)?.title ?? '',
      ...(isOld ? {} : { folderUid }),
      rules: rules.map((rule) => ({
        ...rule,
        query: `up == 0 # ${rule.name}`,
        duration: 60,
        health: 'ok',
        lastError: `dial http://${BACKEND_SECRET}@backend`,
        type: 'alerting',
        labels: { severity: 'page' },
        annotations: { summary: rule.name },
        notificationSettings: { receiver: BACKEND_SECRET },
        alerts: rule.alerts.slice(0, Number(paramOf(request, 'limit_alerts'))).map((alert) => ({
          ...alert,
          annotations: {},
          activeAt: '2026-01-02T03:04:05Z',
          value: '1e+00',
        })),
        lastEvaluation: '2026-01-02T03:04:05Z',
        evaluationTime: 0.1,
      })),
      totals: {},
      interval: 60,
    }));
  return { status: 'success', data: { groups, totals: {} } };
}

export function runQueries({ state, request, frames }: Context) {
  const { from, to, queries } = request.body as { from: unknown; to: unknown; queries: Json[] };
  if (![from, to].every((moment) => typeof moment === 'string' && /^\d{13}$/.test(moment)))
    throw violation(`range ${from} ${to}`);
  const results: Json = {};
  let failed = false;
  for (const query of queries) {
    const reference = (query.datasource ?? {}) as { uid?: string; type?: string };
    const source = state.sources.find(({ uid }) => uid === reference.uid);
    if (!source) throw new Refusal(404, 'Data source not found');
    const fields = QUERY_FIELDS[source.type];
    if (!fields || reference.type !== source.type) throw violation(`a query of type ${source.type}`);
    only(query, ['refId', 'datasource', 'maxDataPoints', 'intervalMs', ...fields]);
    const answer = frames(query);
    failed ||= !Array.isArray(answer);
    results[String(query.refId)] = Array.isArray(answer)
      ? { status: 200, frames: answer }
      : { status: 400, error: answer.error, errorSource: 'downstream', frames: [] };
  }
  if (failed) throw new Refusal(400, 'unused', { results, message: undefined });
  return { results };
}
