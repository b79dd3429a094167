import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { isInScope, type ScopeLabels, scopeOf } from '../../../toolset/label-scope.ts';
import { periodOf } from '../../../toolset/query/time.ts';
import { type Metadata, MetadataData, TargetMetadataData } from '../api.ts';
import { askNames, matchOf } from '../lookup.ts';
import { selectorOf } from '../scope.ts';
import { type Context, complete, completeness, tool } from '../tool.ts';

/** Endings of the series that a metric's one metadata entry is shared by. */
const SHARED = /_(bucket|sum|count|total)$/;

export const promMetrics = tool({
  name: 'prom_metrics',
  access: 'read',
  title: 'List metrics',
  description:
    'List the names of metrics seen in the last hour within the link’s labels, with type, unit and help where the server has them.',
  reach: 'sub',
  params: z.strictObject({
    search: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9_:]+$/, 'letters, digits, _ and : only')
      .optional()
      .describe('Part of the name, in any case'),
  }),
  output: z.strictObject({
    metrics: z.array(
      z.strictObject({
        name: z.string(),
        type: z.string().optional(),
        unit: z.string().optional(),
        help: z.string().optional(),
      }),
    ),
    ...completeness,
  }),
  list: 'metrics',
  async run(context, { search }) {
    const scope = scopeOf(context.target);
    const { names, warnings } = await namesIn(context, scope, search);
    const shown = names.slice(0, context.limits.rows);
    const metadata = await unlessMissing(() => metadataIn(context, scope));
    const metrics = shown.map((name) => {
      const found = metadata.get(name) ?? metadata.get(name.replace(SHARED, ''));
      return {
        name,
        ...(found ? { type: found.type, help: found.help } : {}),
        ...(found?.unit ? { unit: found.unit } : {}),
      };
    });
    return { metrics, ...complete(names.length > shown.length, 'search for a part of the name', warnings) };
  },
});

async function namesIn(context: Context, scope: ScopeLabels, search?: string) {
  const matchers = search ? [{ label: '__name__', op: '=~' as const, value: `(?i).*${search}.*` }] : [];
  const match = await matchOf({ matchers }, scope);
  const params: [string, string][] = [...periodOf({}), ['limit', String(context.limits.rows + 1)]];
  if (match !== undefined) params.push(['match[]', match]);
  return askNames(context, scope, { method: 'GET', path: ['label', '__name__', 'values'], params });
}

/** Help texts are the exporters' own, so a scope sees only those of targets that carry its labels. */
async function metadataIn(
  { client, signal, limits }: Context,
  scope: ScopeLabels,
): Promise<Map<string, Metadata>> {
  const selector = selectorOf(scope);
  if (selector === undefined) {
    const { data } = await client.ask(
      { method: 'GET', path: ['metadata'], params: [['limit_per_metric', '1']], data: MetadataData },
      { signal, limits },
    );
    return new Map(Object.entries(data).flatMap(([name, [first]]) => (first ? [[name, first]] : [])));
  }
  const { data } = await client.ask(
    {
      method: 'GET',
      path: ['targets', 'metadata'],
      params: [['match_target', selector]],
      data: TargetMetadataData,
    },
    { signal, limits },
  );
  return new Map(data.filter(({ target }) => isInScope(target, scope)).map((entry) => [entry.metric, entry]));
}

/** Names are worth having without metadata, which not every compatible server keeps. */
async function unlessMissing(read: () => Promise<Map<string, Metadata>>): Promise<Map<string, Metadata>> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ToolError && error.code === 'not_found') return new Map();
    throw error;
  }
}
