import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { isObject, type JsonObject } from './api.ts';
import { findPanel } from './model.ts';
import { PanelId, PlainText, Tag } from './names.ts';

const Color = z.string().regex(/^(#[0-9a-fA-F]{6}|[a-z]+(-[a-z]+)*)$/, 'a colour such as red or #e02f44');
const TimeBound = z
  .string()
  .regex(/^now(-\d{1,5}[smhdwMy])?(\/[smhdwMy])?$/, 'a time relative to now, such as now-6h or now/d');

const PanelPatch = z.strictObject({
  id: PanelId,
  title: PlainText.pipe(z.string().max(200)).optional(),
  description: PlainText.pipe(z.string().max(1000)).optional(),
  unit: z
    .string()
    .regex(/^[A-Za-z0-9_/%°µ. :-]{1,40}$/, 'the id of a unit, such as s, bytes or percentunit')
    .optional(),
  thresholds: z
    .strictObject({
      mode: z.enum(['absolute', 'percentage']).default('absolute'),
      base: Color.describe('Colour below the first step'),
      steps: z.array(z.strictObject({ value: z.number(), color: Color })).max(10),
    })
    .optional(),
});

/** All that may be changed in a dashboard. Nothing of it is run, shown as markup, or leads anywhere. */
export const Patch = {
  title: PlainText.pipe(z.string().min(1).max(200)).optional(),
  description: PlainText.pipe(z.string().max(1000)).optional(),
  tags: z.array(Tag).max(20).optional(),
  time_from: TimeBound.optional(),
  time_to: TimeBound.optional(),
  refresh: z
    .string()
    .regex(/^(|[1-9]\d{0,3}[smhd])$/, 'an interval such as 30s or 5m; empty for none')
    .optional(),
  panels: z.array(PanelPatch).min(1).max(20).optional(),
};
const PatchShape = z.object(Patch);
export type Patch = z.output<typeof PatchShape>;

/** One field of a dashboard, or of one of its panels, and what it is to hold. */
const Place = z.strictObject({ panel: z.number().int().nullable(), path: z.array(z.string()).min(1) });
const Json = z.custom<JsonValue>((value) => value !== undefined);
const Setting = Place.extend({ value: Json });
export type Setting = z.output<typeof Setting>;
/** What a field held before; `had` is false where it was not there. */
export const Former = Setting.extend({ had: z.boolean() });
export type Former = z.output<typeof Former>;

/** The fields that a patch sets. Throws ToolError('invalid_arguments') where it sets none, or one twice. */
export function settingsOf({
  title,
  description,
  tags,
  time_from,
  time_to,
  refresh,
  panels = [],
}: Patch): Setting[] {
  const own: readonly [string[], JsonValue | undefined][] = [
    [['title'], title],
    [['description'], description],
    [['tags'], tags],
    [['time', 'from'], time_from],
    [['time', 'to'], time_to],
    [['refresh'], refresh],
  ];
  const ids = panels.map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw new ToolError('invalid_arguments', 'name each panel once');
  const settings = [
    ...own.map(([path, value]) => ({ panel: null, path, value })),
    ...panels.flatMap((panel) => panelSettings(panel)),
  ].flatMap(({ value, ...place }) => (value === undefined ? [] : [{ ...place, value }]));
  if (settings.length === 0) throw new ToolError('invalid_arguments', 'name at least one field to change');
  return settings;
}

function panelSettings({ id, title, description, unit, thresholds }: z.output<typeof PanelPatch>) {
  const defaults = ['fieldConfig', 'defaults'];
  const steps = thresholds && {
    mode: thresholds.mode,
    steps: [{ color: thresholds.base, value: null }, ...thresholds.steps],
  };
  const fields: readonly [string[], JsonValue | undefined][] = [
    [['title'], title],
    [['description'], description],
    [[...defaults, 'unit'], unit],
    [[...defaults, 'thresholds'], steps],
  ];
  return fields.map(([path, value]) => ({ panel: id, path, value }));
}

/** What the fields hold now. Throws ToolError for a panel that is not there, or is shared with other dashboards. */
export const formerOf = (model: JsonObject, settings: readonly Setting[]): Former[] => {
  const homeOf = homesOf(model);
  return settings.map(({ panel, path }) => {
    let at = homeOf(panel);
    for (const [depth, key] of path.entries()) {
      // What is to be made on the way is taken away as a whole by the way back.
      if (!Object.hasOwn(at, key)) return { panel, path: path.slice(0, depth + 1), value: null, had: false };
      const value = at[key] ?? null;
      if (depth === path.length - 1) return { panel, path, value, had: true };
      if (!isObject(value)) throw unusual(path);
      at = value;
    }
    throw unusual(path);
  });
};

/** Whether a record of former fields is one that these settings can have left; only such a record is put back. */
export const isRecordOf = (formers: readonly Former[], settings: readonly Setting[]): boolean =>
  formers.length === settings.length &&
  formers.every(({ panel, path, had }, index) => {
    const setting = settings[index];
    const isPrefix = path.every((key, depth) => key === setting?.path[depth]);
    return panel === setting?.panel && isPrefix && (!had || path.length === setting.path.length);
  });

/** A copy of a model with the fields set. */
export function withSettings(model: JsonObject, settings: readonly Setting[]): JsonObject {
  const changed = structuredClone(model);
  const homeOf = homesOf(changed);
  for (const { panel, path, value } of settings) change(homeOf(panel), path, { had: true, value });
  return changed;
}

/** A copy of a model with the fields as they were. */
export function withFormer(model: JsonObject, formers: readonly Former[]): JsonObject {
  const changed = structuredClone(model);
  const homeOf = homesOf(changed);
  for (const { panel, path, had, value } of formers) change(homeOf(panel), path, { had, value });
  return changed;
}

/** Stands for all that a dashboard holds but its version, which grows also when a later change is taken back. */
export const digestOf = ({ version: _, ...model }: JsonObject): string =>
  createHash('sha256')
    .update(canonicalize(model) ?? '')
    .digest('hex');

/** Whether every field is as it was. */
export const holdsFormer = (model: JsonObject, formers: readonly Former[]): boolean =>
  isDeepStrictEqual(withFormer(model, formers), model);

/** Whether every field holds what it is to hold. */
export const holds = (model: JsonObject, settings: readonly Setting[]): boolean =>
  isDeepStrictEqual(withSettings(model, settings), model);

function change(home: JsonObject, path: readonly string[], to: { had: boolean; value: JsonValue }): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length > 0) {
    const inner = Object.hasOwn(home, key) ? home[key] : to.had ? {} : undefined;
    if (inner === undefined) return;
    if (!isObject(inner)) throw unusual(path);
    home[key] = inner;
    change(inner, rest, to);
  } else if (to.had) home[key] = to.value;
  else delete home[key];
}

/** Finds the object that a place starts at, once for each panel: the dashboard, or one panel of its own. */
function homesOf(model: JsonObject): (panel: number | null) => JsonObject {
  const known = new Map<number | null, JsonObject>([[null, model]]);
  return (panel) => {
    const home = known.get(panel) ?? ownPanel(model, panel ?? 0);
    known.set(panel, home);
    return home;
  };
}

function ownPanel(model: JsonObject, id: number): JsonObject {
  const { raw, panel } = findPanel(model, id);
  if (!panel.libraryPanel) return raw;
  throw new ToolError('conflict', `panel ${id} is a library panel, which other dashboards share`);
}

const unusual = (path: readonly string[]) =>
  new ToolError('conflict', `${path.join('.')} of the dashboard is not of the usual form and is left alone`);
