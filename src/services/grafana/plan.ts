import { ToolError } from '../../toolset/errors.ts';
import type { Source } from './api.ts';
import { type Interpolation, interpolate } from './interpolate.ts';
import type { Panel, Target, Variable } from './model.ts';
import { isReadingType, MOST_EXPR, READING_TYPES, type ReadingType, ReadQuery, RefId } from './read-query.ts';
import { shortened } from './shortened.ts';
import { findSource } from './source.ts';

/** Points of a query, how far apart, and the most log lines. */
export interface Sizing {
  readonly points: number;
  readonly intervalMs: number;
  readonly lines: number;
}

/** A panel, and all that decides what its queries are in one run. */
export interface Surroundings {
  readonly panel: Panel;
  readonly variables: readonly Variable[];
  readonly sources: readonly Source[];
  readonly how: Interpolation;
  readonly sizing: Sizing;
}

/** What of a panel runs, and why the rest does not. */
export interface Plan {
  readonly queries: readonly ReadQuery[];
  readonly refused: readonly { readonly ref_id: string; readonly why: string }[];
}

/** The most queries of one panel that run in one call. */
const MOST_QUERIES = 8;
/** The most queries of one panel that are looked at. */
const MOST_LOOKED_AT = 50;

/**
 * Plans the run of a panel's stored queries. Each is made anew from the few fields that its language needs.
 * Throws ToolError('query_refused') for a panel of which nothing can be proven to read only.
 */
export async function planPanel(around: Surroundings): Promise<Plan> {
  const { panel, variables } = around;
  refusePanel(panel, variables);
  const queries: ReadQuery[] = [];
  const refused: { ref_id: string; why: string }[] = [];
  const shown = panel.targets.filter(({ hide }) => hide !== true);
  for (const target of shown.slice(0, MOST_LOOKED_AT)) {
    const ref = RefId.safeParse(target.refId ?? 'A');
    const made = ref.success ? await planTarget(target, ref.data, around) : 'its name is not understood';
    const ref_id = shortened(target.refId ?? '', 60);
    if (typeof made === 'string') refused.push({ ref_id, why: made });
    else if (queries.length + made.length <= MOST_QUERIES) queries.push(...made);
    else refused.push({ ref_id, why: `at most ${MOST_QUERIES} queries run in one call` });
  }
  const left = shown.length - MOST_LOOKED_AT;
  if (left > 0) refused.push({ ref_id: '', why: `${left} more queries of the panel are not looked at` });
  if (queries.length > 0) return { queries, refused };
  const reasons = refused.map(({ ref_id, why }) => `${ref_id}: ${why}`).join('; ');
  throw new ToolError('query_refused', `nothing of the panel can run here; ${reasons || 'it has no query'}`);
}

function refusePanel({ libraryPanel }: Panel, variables: readonly Variable[]): void {
  if (libraryPanel)
    throw new ToolError(
      'query_refused',
      'the panel is a library panel, whose queries the dashboard does not hold',
    );
  // Grafana's front end adds the filters to each query; without them the answer would show more than the panel.
  if (variables.some(({ type, filters }) => type === 'adhoc' && filters && filters.length > 0))
    throw new ToolError('query_refused', 'the dashboard has ad hoc filters, which are not applied here');
}

/** The queries of one target, or the reason why there are none. */
async function planTarget(
  target: Target,
  refId: string,
  { panel, variables, sources, how, sizing }: Surroundings,
): Promise<ReadQuery[] | string> {
  const found = findSource(panel.datasource, target.datasource, sources, variables);
  if (typeof found === 'string') return found;
  const { type, uid } = found;
  if (!isReadingType(type))
    return `its data source is of type ${type}; queries of ${READING_TYPES.join(' and ')} alone run here`;
  if (typeof target.expr !== 'string' || target.expr === '') return 'it holds no query text';
  if (target.expr.length > MOST_EXPR) return `its query text is longer than ${MOST_EXPR} characters`;
  const expr = await expressionOf(target.expr, type, how);
  const { points, intervalMs } = sizing;
  const common = { refId, expr, maxDataPoints: points, intervalMs };
  const made =
    type === 'prometheus' ? promQueries(target, uid, common) : lokiQuery(target, uid, common, sizing);
  const queries = made.map((query) => ReadQuery.safeParse(query));
  return queries.every(({ success }) => success)
    ? queries.flatMap(({ data }) => data ?? [])
    : 'a field of it is not understood';
}

/** The stored text with its variables put in; what a caller wrote is proven to be a value in it. */
async function expressionOf(stored: string, type: ReadingType, how: Interpolation): Promise<string> {
  const { text, isGiven } = interpolate(stored, type, how);
  if (!isGiven) return text;
  // The parsers are loaded by the first value that a caller writes, not at start.
  const { assertOnlyValues } = await import('./literal-guard.ts');
  assertOnlyValues(type, text, interpolate(stored, type, how, true).text);
  return text;
}

interface Common {
  readonly refId: string;
  readonly expr: string;
}

/** A range, an instant, or both, which Grafana's front end sends apart too. */
function promQueries(target: Target, uid: string, common: Common): object[] {
  const query = {
    ...common,
    datasource: { type: 'prometheus', uid },
    format: target.format ?? 'time_series',
    exemplar: false,
    utcOffsetSec: 0,
    ...stepOf('interval', target.interval),
  };
  const range = { ...query, instant: false, range: true };
  const instant = { ...query, instant: true, range: false };
  if (target.instant !== true) return [range];
  return target.range === true ? [range, { ...instant, refId: `${common.refId}-Instant` }] : [instant];
}

function lokiQuery(target: Target, uid: string, common: Common, { lines }: Sizing): object[] {
  const isInstant = target.queryType === 'instant' || target.instant === true;
  const stored = typeof target.maxLines === 'number' && target.maxLines > 0 ? target.maxLines : lines;
  return [
    {
      ...common,
      datasource: { type: 'loki', uid },
      // A live stream is no query that ends; what else there may be is refused by its form.
      queryType: isInstant ? 'instant' : (target.queryType ?? 'range'),
      maxLines: Math.min(Math.floor(stored), lines),
      direction: target.direction === 'forward' ? 'forward' : 'backward',
      ...stepOf('step', target.step),
    },
  ];
}

/** A stored step; one that is a variable or nothing is left to the data source. */
const stepOf = (name: 'interval' | 'step', stored: unknown): object =>
  typeof stored === 'string' && /^\d/.test(stored) ? { [name]: stored } : {};
