import { z } from 'zod';
import { folderOf } from '../folder-scope.ts';
import { panelOf } from '../model.ts';
import { PanelId, Uid } from '../names.ts';
import { shownSource, targetText } from '../target-view.ts';
import { complete, completeness, tool } from '../tool.ts';

const MOST_TEXT = 8_000;

export const panelQueries = tool({
  name: 'grafana_panel_queries',
  access: 'read',
  title: 'Show a panel’s queries',
  description: 'Show the stored queries of one panel as text, before variables are put in.',
  reach: 'sub',
  params: z.strictObject({ dashboard: Uid, panel: PanelId }),
  output: z.strictObject({
    title: z.string(),
    type: z.string(),
    queries: z.array(
      z.strictObject({
        ref_id: z.string(),
        datasource: z.string().optional(),
        text: z.string().optional().describe('Absent where the query is no text'),
        cut: z.literal(true).optional(),
        hidden: z.literal(true).optional(),
      }),
    ),
    ...completeness,
  }),
  list: 'queries',
  async run({ client, target, signal, limits }, args) {
    folderOf(target);
    const panel = panelOf((await client.dashboard(args.dashboard, signal)).dashboard, args.panel);
    const queries = panel.targets.slice(0, limits.rows).map((one) => {
      const text = targetText(one);
      const source = shownSource(one.datasource) ?? shownSource(panel.datasource);
      return {
        ref_id: one.refId ?? '',
        ...(source === undefined ? {} : { datasource: source }),
        ...(text === undefined ? {} : { text: text.slice(0, MOST_TEXT) }),
        ...(text !== undefined && text.length > MOST_TEXT ? { cut: true as const } : {}),
        ...(one.hide === true ? { hidden: true as const } : {}),
      };
    });
    const isCut = panel.targets.length > queries.length;
    return {
      title: panel.title,
      type: panel.type,
      queries,
      ...complete(isCut, 'the panel has more queries'),
    };
  },
});
