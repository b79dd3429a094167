import { z } from 'zod';
import type { Change, JsonValue, WriteContext } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import type { DashboardAnswer, JsonObject } from '../api.ts';
import { folderOf } from '../folder-scope.ts';
import { readModel } from '../model.ts';
import { PlainText, Uid } from '../names.ts';
import {
  digestOf,
  Former,
  formerOf,
  holds,
  holdsFormer,
  isRecordOf,
  Patch,
  settingsOf,
  withFormer,
  withSettings,
} from '../patch.ts';
import { dashboardAhead } from '../rights.ts';
import { signatureOf } from '../signature.ts';
import { type GrafanaTypes, tool } from '../tool.ts';

type Context = WriteContext<GrafanaTypes>;

const Params = z.strictObject({
  dashboard: Uid,
  version: z.number().int().min(0).describe('As grafana_dashboard shows it; refused if somebody saved since'),
  reason: PlainText.pipe(z.string().min(1).max(200)).describe('For the dashboard’s history'),
  ...Patch,
});
type Params = z.output<typeof Params>;

const Before = z.strictObject({
  version: z.number().int(),
  /** Of the whole dashboard. */
  digest: z.string(),
  fields: z.array(Former),
});
const After = z.strictObject({ version: z.number().int(), digest: z.string() });

export const updateDashboard = tool({
  name: 'grafana_update_dashboard',
  access: 'write',
  title: 'Change a dashboard',
  description:
    'Change titles, descriptions, tags, time range, refresh, units or thresholds of one dashboard. Queries, data sources, variables, links and text panels stay as they are.',
  reach: 'sub',
  params: Params,
  output: z.strictObject({
    dashboard: z.string(),
    version: z.number().int().describe('The new version'),
    changed: z.array(z.string()),
  }),
  scope(target, args) {
    folderOf(target);
    settingsOf(args);
    return { resources: [`${target.name}: dashboard ${args.dashboard}`], atMost: 1 };
  },
  effect: {
    kind: 'update',
    way: 'sets the fields as they were, in a version of its own',
    async capture(context, args): Promise<JsonValue> {
      const { dashboard } = await atVersion(context, args);
      const fields = formerOf(dashboard, settingsOf(args));
      return { version: readModel(dashboard).version, digest: digestOf(dashboard), fields };
    },
    precheck: (context, { args }) => dashboardAhead(context, args.dashboard),
    revert: putBack,
    async isBack({ client, signal }, { args, before }) {
      const { dashboard } = await client.editable(args.dashboard, signal);
      return holdsFormer(dashboard, Before.parse(before).fields);
    },
  },
  async run(context, args) {
    const { client, signal, grant, recordAfter } = context;
    const found = await atVersion(context, args);
    const settings = settingsOf(args);
    const dashboard = withSettings(found.dashboard, settings);
    const digest = digestOf(dashboard);
    const message = `${signatureOf(grant.principal, grant.callId)}${args.reason}`;
    const version = await client.save({ ...found, dashboard }, message, signal);
    await recordAfter({ version, digest });
    const changed = settings.map(({ panel, path }) =>
      panel === null ? path.join('.') : `panel ${panel}: ${path.join('.')}`,
    );
    return { dashboard: args.dashboard, version, changed };
  },
});

/** The dashboard as the caller saw it. Throws ToolError('conflict') when it has another version by now. */
async function atVersion({ client, signal, again }: Context, args: Params): Promise<DashboardAnswer> {
  const found = await client.editable(args.dashboard, signal);
  const { version } = readModel(found.dashboard);
  if (version === args.version) return found;
  // Made again after it was taken back, which is a version of its own: what counts is that nothing else differs.
  if (again && digestOf(found.dashboard) === Before.parse(again.before).digest) return found;
  throw new ToolError('conflict', `the dashboard has version ${version} by now; look at it again`);
}

/**
 * Sets the fields as they were, in a version of its own. Throws ToolError('conflict') when anything of the dashboard
 * was saved since.
 */
async function putBack(context: Context, change: Change): Promise<void> {
  const { client, signal, grant } = context;
  const args = Params.parse(change.args);
  const before = Before.parse(change.before);
  if (!isRecordOf(before.fields, settingsOf(args)))
    throw new ToolError('query_refused', 'the record is not one of this change; nothing is put back');
  const found = await client.editable(args.dashboard, signal);
  const { version } = readModel(found.dashboard);
  if (version === before.version || holdsFormer(found.dashboard, before.fields)) return;
  const isOurs =
    change.after === null ? isLost(found.dashboard, args, before) : isAsSaved(found.dashboard, change);
  if (!isOurs)
    throw new ToolError(
      'conflict',
      `somebody saved the dashboard since, as version ${version}; it stays as it is`,
    );
  const dashboard = withFormer(found.dashboard, before.fields);
  const message = `${signatureOf(grant.principal, grant.callId)}takes the change of version ${before.version} back`;
  await client.save({ ...found, dashboard }, message, signal);
}

/** Whether nothing was saved since, or only what was taken back again. */
function isAsSaved(dashboard: JsonObject, change: Change): boolean {
  const { version, digest } = After.parse(change.after);
  return readModel(dashboard).version === version || digestOf(dashboard) === digest;
}

/**
 * Whether a dashboard is what a call left whose answer got lost: the next version, with just what was asked for and
 * all else as it was.
 */
const isLost = (
  dashboard: JsonObject,
  args: Params,
  { version, fields, digest }: z.output<typeof Before>,
): boolean =>
  readModel(dashboard).version === version + 1 &&
  holds(dashboard, settingsOf(args)) &&
  digestOf(withFormer(dashboard, fields)) === digest;
