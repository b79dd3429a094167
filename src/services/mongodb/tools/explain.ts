import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { judgeFilter } from '../guard/filter.ts';
import { judgeSort } from '../guard/find.ts';
import { Findings, judgePipeline } from '../guard/pipeline.ts';
import { isList, isObject, Place } from '../guard/place.ts';
import { readable } from '../resolve.ts';
import { tool } from '../tool.ts';
import { Collection, Json, Pipeline, Shown } from './params.ts';

const MOST_LEVELS = 40;

/** What of an explanation is shown; the rest is about the server: hosts, settings, and a plan in its own bytecode. */
const SHOWN: ReadonlySet<string> = new Set([
  'stages',
  '$cursor',
  'shards',
  'queryPlanner',
  'winningPlan',
  'queryPlan',
  'inputStage',
  'inputStages',
  'executionStats',
]);
const FACTS: ReadonlySet<string> = new Set([
  'stage',
  'indexName',
  'keyPattern',
  'isMultiKey',
  'direction',
  'filter',
  'indexBounds',
  'sortPattern',
  'memLimit',
  'limitAmount',
  'nReturned',
  'executionTimeMillis',
  'executionTimeMillisEstimate',
  'totalKeysExamined',
  'totalDocsExamined',
]);

export const explain = tool({
  name: 'mongo_explain',
  access: 'read',
  reach: 'sub',
  title: 'Explain a query',
  description:
    'How the server would run a find or a pipeline: stages, indexes, bounds. With execute it runs it and counts keys and documents examined.',
  params: z.strictObject({
    collection: Collection,
    filter: Json.optional(),
    sort: Json.optional(),
    pipeline: Pipeline.optional().describe('Instead of filter and sort'),
    execute: z.boolean().default(false),
  }),
  output: z.strictObject({ plan: Shown }),
  async run(context, { collection, filter, sort, pipeline, execute }) {
    if (pipeline && (filter || sort))
      throw new ToolError('invalid_arguments', 'give either pipeline, or filter and sort');
    const findings = new Findings();
    if (pipeline) judgePipeline(pipeline, new Place('pipeline'), findings);
    judgeFilter(filter ?? {}, new Place('filter'));
    if (sort) judgeSort(sort, new Place('sort'));
    const { client, limits } = context;
    const { on } = await readable(context, collection, findings.collections);
    const ask = pipeline
      ? { on, pipeline, rows: limits.rows + 1 }
      : { on, filter: filter ?? {}, rows: limits.rows + 1, ...(sort ? { sort } : {}) };
    const explanation = await client.explain(ask, execute ? 'executionStats' : 'queryPlanner', context);
    return { plan: pick(explanation, MOST_LEVELS) };
  },
});

/** The shown parts of an explanation, whose shape differs between versions and engines. */
function pick(value: JsonValue, levels: number): JsonValue {
  if (levels === 0 || !isObject(value)) return null;
  const entries = Object.entries(value).flatMap(([key, item]): [string, JsonValue][] => {
    if (FACTS.has(key)) return [[key, item]];
    if (key === 'shards' && isObject(item))
      return [[key, Object.values(item).map((shard) => pick(shard, levels - 1))]];
    if (SHOWN.has(key))
      return [[key, isList(item) ? item.map((one) => pick(one, levels - 1)) : pick(item, levels - 1)]];
    // Other stages of a pipeline are named only: what they hold is the caller's own.
    return key.startsWith('$') ? [[key, true]] : [];
  });
  return Object.fromEntries(entries);
}
