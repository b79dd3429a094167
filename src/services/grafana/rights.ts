import type { Precheck, ReadContext } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { Permissions } from './api.ts';
import { PROVISIONED } from './failure.ts';
import { folderUidOf } from './folder-scope.ts';
import type { GrafanaTypes } from './tool.ts';

type Reading = ReadContext<GrafanaTypes>;
type Action = 'dashboards:write' | 'annotations:create' | 'annotations:delete';

/** Whether a dashboard is there and may be saved. Throws ToolError('not_found') for one that is gone. */
export async function dashboardAhead(context: Reading, uid: string): Promise<Precheck> {
  const { client, signal } = context;
  const { meta } = await client.dashboard(uid, signal);
  if (meta.provisioned === true) return { obstacles: [PROVISIONED] };
  return rightsAhead(context, 'dashboards:write', { uid, folder: folderUidOf(meta.folderUid) });
}

/** Whether annotations of a dashboard may be made or deleted; they are gone with it. */
export async function annotationAhead(
  context: Reading,
  action: Exclude<Action, 'dashboards:write'>,
  uid: string,
): Promise<Precheck> {
  try {
    const { meta } = await context.client.dashboard(uid, context.signal);
    return await rightsAhead(context, action, { uid, folder: folderUidOf(meta.folderUid) });
  } catch (error) {
    const isGone = error instanceof ToolError && error.code === 'not_found';
    if (isGone && action === 'annotations:delete') return {};
    throw error;
  }
}

interface Place {
  readonly uid: string;
  readonly folder: string;
}

async function rightsAhead({ client, signal }: Reading, action: Action, place: Place): Promise<Precheck> {
  const what = `${action} on the dashboard ${place.uid}`;
  const permissions = await client.permissions(signal);
  const may = permissions && covers(permissions, action, place);
  if (may) return {};
  if (may === false) return { obstacles: [`the account lacks ${what}; stackward check says what to give`] };
  const why = permissions ? 'it has that on folders, which may hold its folder' : 'Grafana does not say';
  return { untried: [`whether the account has ${what}: ${why}`] };
}

/**
 * Undefined where it depends on which folder holds which. Annotations have scopes of their own, and since version 11
 * those of their dashboard.
 * @see https://grafana.com/docs/grafana/latest/administration/roles-and-access-control/custom-role-actions-scopes/
 */
function covers(permissions: Permissions, action: Action, { uid, folder }: Place): boolean | undefined {
  const scopes = Object.hasOwn(permissions, action) ? (permissions[action] ?? []) : [];
  const wanted = [`dashboards:uid:${uid}`, `folders:uid:${folder}`];
  if (action !== 'dashboards:write') wanted.push('annotations:type:dashboard');
  const isCovered = scopes.some((scope) => wanted.some((one) => fits(scope, one)));
  return isCovered || (scopes.some((scope) => scope.startsWith('folders:')) ? undefined : false);
}

const fits = (scope: string, wanted: string): boolean =>
  scope.endsWith('*') ? wanted.startsWith(scope.slice(0, -1)) : scope === wanted;
