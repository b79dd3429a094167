import { z } from 'zod';
import type { DashboardAnswer } from '../api.ts';
import { folderOf, folderUidOf } from '../folder-scope.ts';
import { type Panel, panelsOf, readModel, type Variable, variablesOf } from '../model.ts';
import { Uid } from '../names.ts';
import { shortened } from '../shortened.ts';
import { shownAddress } from '../shown-address.ts';
import { shownSource } from '../target-view.ts';
import { complete, completeness, tool } from '../tool.ts';
import { optionsOf } from '../variables.ts';

const MOST_OPTIONS = 50;
const MOST_VARIABLES = 100;
const MOST_LINKS = 50;
const MOST_TEXT = 500;

const VariableView = z.strictObject({
  name: z.string(),
  type: z.string(),
  label: z.string().optional(),
  current: z.array(z.string()),
  options: z.array(z.string()).optional(),
  options_cut: z.literal(true).optional(),
  multi: z.literal(true).optional(),
  all: z.literal(true).optional(),
});
const PanelView = z.strictObject({
  id: z.number().int(),
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  datasource: z.string().optional(),
  queries: z.number().int(),
  repeats_by: z.string().optional(),
  library: z.literal(true).optional(),
});

export const dashboard = tool({
  name: 'grafana_dashboard',
  access: 'read',
  title: 'Show a dashboard',
  description:
    'Show what a dashboard is made of: panels, variables with their stored options, time range and links.',
  reach: 'sub',
  params: z.strictObject({ uid: Uid }),
  output: z.strictObject({
    uid: z.string(),
    title: z.string(),
    description: z.string().optional(),
    version: z.number().int(),
    folder: z.string().describe('Uid; general for none'),
    tags: z.array(z.string()),
    time: z.strictObject({ from: z.string(), to: z.string() }).optional(),
    refresh: z.string().optional(),
    provisioned: z.literal(true).optional().describe('Comes from a file and cannot be saved'),
    updated: z.string().optional(),
    updated_by: z.string().optional(),
    variables: z.array(VariableView),
    links: z.array(z.strictObject({ title: z.string(), type: z.string(), address: z.string().optional() })),
    panels: z.array(PanelView),
    ...completeness,
  }),
  list: 'panels',
  async run({ client, target, signal, limits }, { uid }) {
    folderOf(target);
    const found = await client.dashboard(uid, signal);
    const { time, templating, links, description, refresh, ...head } = readModel(found.dashboard);
    const all = panelsOf(found.dashboard);
    const variables = variablesOf({ templating });
    const isCut = all.length > limits.rows || variables.length > MOST_VARIABLES || links.length > MOST_LINKS;
    const panels = all.slice(0, limits.rows).map(panelView);
    return {
      ...head,
      ...textOf({ description }),
      ...metaOf(found),
      ...(time ? { time } : {}),
      ...(typeof refresh === 'string' && refresh !== '' ? { refresh } : {}),
      variables: variables.slice(0, MOST_VARIABLES).map(variableView),
      links: links.slice(0, MOST_LINKS).map(({ url, ...link }) => ({ ...link, ...addressOf(url) })),
      panels,
      ...complete(isCut, 'there are more panels, variables or links than are shown'),
    };
  },
});

function metaOf({ meta }: DashboardAnswer) {
  return {
    folder: folderUidOf(meta.folderUid),
    ...(meta.provisioned === true ? { provisioned: true as const } : {}),
    ...(meta.updated === undefined ? {} : { updated: meta.updated }),
    ...(meta.updatedBy === undefined ? {} : { updated_by: meta.updatedBy }),
  };
}

function panelView({ id, type, title, description, datasource, targets, repeat, libraryPanel }: Panel) {
  const source = shownSource(datasource);
  return {
    id,
    type,
    title,
    ...textOf({ description }),
    ...(source === undefined ? {} : { datasource: source }),
    queries: targets.length,
    ...(repeat ? { repeats_by: repeat } : {}),
    ...(libraryPanel ? { library: true as const } : {}),
  };
}

function variableView(variable: Variable) {
  const { name, type, label, current, multi, includeAll } = variable;
  const all = optionsOf(variable);
  const options = all.slice(0, MOST_OPTIONS);
  const value = current?.value ?? [];
  return {
    name,
    type,
    ...(label ? { label } : {}),
    current: typeof value === 'string' ? [value] : value.slice(0, MOST_OPTIONS),
    ...(options.length > 0 ? { options } : {}),
    ...(all.length > MOST_OPTIONS ? { options_cut: true as const } : {}),
    ...(multi ? { multi: true as const } : {}),
    ...(includeAll ? { all: true as const } : {}),
  };
}

const textOf = ({ description }: { description: string }) =>
  description === '' ? {} : { description: shortened(description, MOST_TEXT) };

function addressOf(url: string): { address?: string } {
  const address = shownAddress(url);
  return address === undefined ? {} : { address };
}
