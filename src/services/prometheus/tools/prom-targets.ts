import { z } from 'zod';
import { isInScope, scopeOf } from '../../../toolset/label-scope.ts';
import { LabelSet, type ScrapeTarget, TargetData } from '../api.ts';
import { complete, completeness, tool } from '../tool.ts';

const TargetView = z.strictObject({
  url: z.string().describe('Without user, password and query'),
  pool: z.string().optional(),
  health: z.string(),
  last_error: z.string().optional(),
  last_scrape: z.string(),
  scrape_seconds: z.number(),
  labels: LabelSet,
});

export const promTargets = tool({
  name: 'prom_targets',
  access: 'read',
  title: 'List scrape targets',
  description:
    'List what Prometheus scrapes and whether it answers, among the targets that carry the link’s labels.',
  reach: 'sub',
  params: z.strictObject({
    health: z.enum(['up', 'down', 'unknown']).optional(),
    job: z.string().max(200).optional().describe('Only targets of just this job'),
  }),
  output: z.strictObject({ targets: z.array(TargetView), ...completeness }),
  list: 'targets',
  async run({ client, target, signal, limits }, { health, job }) {
    const scope = scopeOf(target);
    const { data, warnings } = await client.ask(
      { method: 'GET', path: ['targets'], params: [['state', 'active']], data: TargetData },
      { signal, limits },
    );
    // The endpoint takes no matchers, so what others may see is sorted out here.
    const visible = (data.activeTargets ?? [])
      .filter((one) => isInScope(one.labels, scope))
      .filter((one) => health === undefined || one.health === health)
      .filter((one) => job === undefined || one.labels.job === job);
    const targets = visible.slice(0, limits.rows).map(view);
    return { targets, ...complete(visible.length > targets.length, 'ask for one job or health', warnings) };
  },
});

const view = (target: ScrapeTarget): z.output<typeof TargetView> => ({
  url: bareUrl(target.scrapeUrl),
  ...(target.scrapePool === undefined ? {} : { pool: target.scrapePool }),
  health: target.health,
  ...(target.lastError ? { last_error: target.lastError.replace(/https?:\/\/[^\s"]+/gi, bareUrl) } : {}),
  last_scrape: target.lastScrape,
  scrape_seconds: target.lastScrapeDuration,
  labels: Object.fromEntries(Object.entries(target.labels).filter(([name]) => !name.startsWith('__'))),
});

/** A URL without what may be a credential: user, password, query and fragment. */
function bareUrl(text: string): string {
  if (!URL.canParse(text)) return '(unreadable)';
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
