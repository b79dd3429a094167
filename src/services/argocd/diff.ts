import { z } from 'zod';
import { parseJson } from '../../toolset/http/failure.ts';
import type { ManagedResource } from './api.ts';
import { isShown } from './shown.ts';

/** Changes of one resource that are told; the rest is counted. */
const MOST_CHANGES = 40;
const MOST_DEPTH = 40;
const MOST_TEXT = 200;
const MOST_PATH = 300;

export const ChangeView = z.strictObject({
  path: z.string(),
  live: z.string().optional(),
  target: z.string().optional(),
});
type ChangeView = z.output<typeof ChangeView>;

export const ResourceDiff = z.strictObject({
  resource: z.string(),
  change: z.enum(['create', 'prune', 'update']),
  changes: z.array(ChangeView),
  more: z.number().int().optional().describe('Changes that are not shown'),
});
type ResourceDiff = z.output<typeof ResourceDiff>;

/** How a resource differs from what should be; undefined where it does not. */
export function diffOf(resource: ManagedResource, name: string): ResourceDiff | undefined {
  const live = parseJson(resource.normalizedLiveState || resource.liveState || 'null') ?? null;
  // What the cluster would make of the target, without the defaults that only it fills in.
  const predicted = resource.targetState === 'null' ? 'null' : resource.predictedLiveState;
  const target = parseJson(predicted || resource.targetState || 'null') ?? null;
  if (live === null && target === null) return undefined;
  if (live === null) return { resource: name, change: 'create', changes: [] };
  if (target === null) return { resource: name, change: 'prune', changes: [] };
  const isSecret = [resource.kind, kindOf(live), kindOf(target)].includes('Secret');
  const found = differences(live, target, []);
  if (found.length === 0) return undefined;
  const views = isSecret ? secretViews(found) : found.map(viewOf);
  const changes = views.slice(0, MOST_CHANGES);
  const more = views.length - changes.length;
  return { resource: name, change: 'update', changes, ...(more > 0 ? { more } : {}) };
}

interface Difference {
  readonly path: readonly string[];
  readonly live: unknown;
  readonly target: unknown;
}

const kindOf = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && 'kind' in value ? value.kind : undefined;

/** Of a Secret no more than the fields that differ: their keys and lengths are nobody's business either. */
const secretViews = (found: readonly Difference[]): ChangeView[] =>
  [...new Set(found.map(({ path }) => path[0] ?? ''))].map((path) => ({
    path,
    live: '{secret}',
    target: '{secret}',
  }));

const viewOf = ({ path, live, target }: Difference): ChangeView => ({
  path: path.join('.').slice(0, MOST_PATH),
  ...(live === undefined ? {} : { live: show(path, live) }),
  ...(target === undefined ? {} : { target: show(path, target) }),
});

function show(path: readonly string[], value: unknown): string {
  if (value !== null && typeof value === 'object') return Array.isArray(value) ? '[...]' : '{...}';
  return isShown(path, value) ? String(value).slice(0, MOST_TEXT) : '{hidden}';
}

/** The leaves in which two values differ. Items of lists are matched by their name where all have one. */
function differences(live: unknown, target: unknown, path: readonly string[]): Difference[] {
  if (Object.is(live, target)) return [];
  const [here, there] = [fieldsOf(live), fieldsOf(target)];
  if (!here || !there || path.length >= MOST_DEPTH)
    return isSame(live, target) ? [] : [{ path, live, target }];
  const names = [...new Set([...here.keys(), ...there.keys()])];
  return names.flatMap((name) => differences(here.get(name), there.get(name), [...path, name]));
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const names = value.map(nameOf);
  const areNamed = names.every((name) => name !== undefined) && new Set(names).size === names.length;
  return new Map(value.map((item, index) => [`[${(areNamed && names[index]) || index}]`, item]));
}

const nameOf = (item: unknown): string | undefined =>
  item !== null && typeof item === 'object' && 'name' in item && typeof item.name === 'string'
    ? item.name
    : undefined;
