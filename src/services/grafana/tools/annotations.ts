import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { AnnotationView, annotationView } from '../annotation-view.ts';
import { folderOf } from '../folder-scope.ts';
import { Tag, Uid } from '../names.ts';
import { rangeOf, TimeInput } from '../time.ts';
import { complete, completeness, tool } from '../tool.ts';

const MOST_DAYS = 366;

export const annotations = tool({
  name: 'grafana_annotations',
  access: 'read',
  title: 'List annotations',
  description:
    'List annotations in a time range, the latest first: deployments and incidents that people marked, and alerts that changed.',
  reach: 'sub',
  params: z.strictObject({
    dashboard: Uid.optional().describe('Required where the link names folders'),
    from: TimeInput.default('now-24h'),
    to: TimeInput.default('now'),
    tags: z.array(Tag).max(10).default([]).describe('All of them'),
    type: z.enum(['alert', 'annotation']).optional(),
    count: z.number().int().min(1).max(500).default(100),
  }),
  output: z.strictObject({ annotations: z.array(AnnotationView), ...completeness }),
  list: 'annotations',
  async run({ client, target, signal, limits }, { from, to, count, dashboard, tags, type }) {
    const folder = folderOf(target);
    if (dashboard === undefined && folder !== undefined)
      throw new ToolError(
        'invalid_arguments',
        `name a dashboard of ${target.name}; grafana_search lists them`,
      );
    // Where the dashboard lies is looked up first: the annotations do not tell.
    if (dashboard !== undefined) await client.dashboard(dashboard, signal);
    const most = Math.min(count, limits.rows);
    const range = rangeOf(from, to, MOST_DAYS);
    const found = await client.annotations({ ...range, dashboard, tags, type, limit: most + 1 }, signal);
    const shown = found.slice(0, most).map(annotationView);
    return {
      annotations: shown,
      ...complete(found.length > shown.length, 'raise count, or ask for less time'),
    };
  },
});
