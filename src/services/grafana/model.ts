import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { isObject, type JsonObject } from './api.ts';

/** The parts of a dashboard's JSON model that are read. People and tools of many versions wrote it, so little is certain. */
const Text = z.string().catch('');

const Target = z.looseObject({
  refId: z.string().optional().catch(undefined),
  hide: z.boolean().optional().catch(undefined),
  datasource: z.unknown().optional(),
});
export type Target = z.output<typeof Target>;

export const Panel = z.object({
  id: z.number().int(),
  type: z.string(),
  title: Text,
  description: Text,
  datasource: z.unknown().optional(),
  repeat: z.string().nullish().catch(undefined),
  libraryPanel: z.object({ uid: z.string() }).nullish(),
  targets: z.array(Target).catch([]),
});
export type Panel = z.output<typeof Panel>;

const Value = z.union([z.string(), z.array(z.string())]);

export const Variable = z.object({
  name: z.string(),
  type: z.string(),
  label: z.string().nullish().catch(undefined),
  /** 2, or hideVariable in newer models: viewers do not see it and cannot set it. */
  hide: z.union([z.number(), z.string()]).nullish().catch(undefined),
  multi: z.boolean().catch(false),
  includeAll: z.boolean().catch(false),
  allValue: z.string().nullish().catch(undefined),
  current: z.object({ value: Value.optional() }).nullish().catch(undefined),
  options: z.array(z.object({ value: Value })).catch([]),
  /** The value itself of a constant, and the default of a text box. */
  query: z.string().optional().catch(undefined),
  filters: z.array(z.unknown()).nullish().catch(undefined),
});
export type Variable = z.output<typeof Variable>;

export const Dashboard = z.object({
  uid: z.string(),
  version: z.number().int(),
  title: Text,
  description: Text,
  tags: z.array(z.string()).catch([]),
  refresh: z.union([z.string(), z.boolean()]).nullish().catch(undefined),
  time: z.object({ from: z.string(), to: z.string() }).nullish().catch(undefined),
  templating: z.object({ list: z.array(z.unknown()) }).catch({ list: [] }),
  links: z.array(z.object({ title: Text, type: Text, url: Text })).catch([]),
});
export type Dashboard = z.output<typeof Dashboard>;

/** Reads a model. Throws ToolError('query_failed') for one of the new schema with elements, which is not understood. */
export function readModel(model: JsonObject): Dashboard {
  const parsed = Dashboard.safeParse(model);
  if (!parsed.success || isObject(model.elements))
    throw new ToolError(
      'query_failed',
      'the dashboard is not of the classic model with panels, which alone is understood here',
    );
  return parsed.data;
}

/** The dashboard's variables; one that cannot be read is left out, and so cannot be used. */
export const variablesOf = ({ templating }: Pick<Dashboard, 'templating'>): Variable[] =>
  templating.list.flatMap((one) => {
    const parsed = Variable.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });

const objectsIn = (list: unknown): JsonObject[] => (Array.isArray(list) ? list.filter(isObject) : []);

/** Every panel's own JSON in the order of the dashboard, those within rows included: rows do not hold rows. */
export function rawPanels(model: JsonObject): JsonObject[] {
  // Models before schema version 16 have their panels in rows alone.
  const tops = [...objectsIn(model.panels), ...objectsIn(model.rows).flatMap((row) => objectsIn(row.panels))];
  return tops.flatMap((panel) => [panel, ...objectsIn(panel.panels)]);
}

export const panelsOf = (model: JsonObject): Panel[] =>
  rawPanels(model).flatMap((one) => {
    const parsed = Panel.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });

/** The one panel of a number. Throws ToolError: 'not_found', or 'conflict' where several have it. */
export const panelOf = (model: JsonObject, id: number): Panel => findPanel(model, id).panel;

/** The same, with its own JSON in the model. */
export function findPanel(model: JsonObject, id: number): { raw: JsonObject; panel: Panel } {
  const [raw, ...others] = rawPanels(model).filter((one) => one.id === id);
  const panel = Panel.safeParse(raw);
  if (!raw || !panel.success)
    throw new ToolError('not_found', `the dashboard has no panel ${id}; grafana_dashboard lists them`);
  if (others.length > 0) throw new ToolError('conflict', `${others.length + 1} panels have the number ${id}`);
  return { raw, panel: panel.data };
}
