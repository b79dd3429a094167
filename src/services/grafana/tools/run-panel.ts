import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { folderOf } from '../folder-scope.ts';
import { FrameBudget, FrameView } from '../frames.ts';
import { panelOf, readModel, variablesOf } from '../model.ts';
import { PanelId, Uid, VariableName } from '../names.ts';
import { planPanel } from '../plan.ts';
import { shortened } from '../shortened.ts';
import { rangeOf, TimeInput } from '../time.ts';
import { complete, completeness, tool } from '../tool.ts';
import { bindingsOf, checkGiven } from '../variables.ts';

const MOST_DAYS = 31;
const MOST_TEXT = 4_000;

export const runPanel = tool({
  name: 'grafana_run_panel',
  access: 'read',
  title: 'Run a panel’s queries',
  description:
    'Run the stored Prometheus or Loki queries of one panel. Variables take their stored options, or plain words where a label’s value stands. Transformations and expressions are not applied.',
  reach: 'sub',
  params: z.strictObject({
    dashboard: Uid,
    panel: PanelId,
    from: TimeInput.default('now-1h'),
    to: TimeInput.default('now').describe('As from; at most 31 days later'),
    variables: z
      .record(VariableName, z.array(z.string().max(500)).min(1).max(50))
      .default({})
      .describe('Values by name; others keep what the dashboard was saved with'),
    points: z.number().int().min(1).max(500).default(60).describe('Points per series'),
  }),
  output: z.strictObject({
    from: z.string(),
    to: z.string(),
    queries: z.array(z.strictObject({ ref_id: z.string(), text: z.string().describe('As it ran') })),
    not_run: z.array(z.strictObject({ ref_id: z.string(), why: z.string() })),
    frames: z.array(FrameView),
    ...completeness,
  }),
  list: 'frames',
  async run({ client, target, signal, limits }, args) {
    folderOf(target);
    const range = rangeOf(args.from, args.to, MOST_DAYS);
    const { dashboard } = await client.dashboard(args.dashboard, signal);
    const variables = variablesOf(readModel(dashboard));
    checkGiven(variables, args.variables);
    const intervalMs = Math.max(1000, Math.ceil((range.to - range.from) / args.points));
    const { queries, refused } = await planPanel({
      panel: panelOf(dashboard, args.panel),
      variables,
      sources: await client.sources(signal),
      how: { bindings: bindingsOf(variables, args.variables), ...range },
      sizing: { points: args.points, intervalMs, lines: limits.rows },
    });
    const budget = new FrameBudget(limits);
    const failed: { ref_id: string; why: string }[] = [];
    for (const query of queries) {
      try {
        for (const frame of await client.run(query, range, signal)) budget.add(query.refId, frame);
      } catch (error) {
        if (!(error instanceof ToolError) || error.code !== 'query_failed') throw error;
        failed.push({ ref_id: query.refId, why: error.detail });
      }
    }
    return {
      from: new Date(range.from).toISOString(),
      to: new Date(range.to).toISOString(),
      queries: queries.map(({ refId, expr }) => ({ ref_id: refId, text: shortened(expr, MOST_TEXT) })),
      not_run: [...refused, ...failed],
      frames: [...budget.frames],
      ...complete(budget.isCut, 'ask for fewer points, a shorter time or narrower variables'),
    };
  },
});
