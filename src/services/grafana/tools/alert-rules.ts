import { z } from 'zod';
import type { AlertRule, RuleGroup } from '../api.ts';
import { folderOf } from '../folder-scope.ts';
import { shortened } from '../shortened.ts';
import { complete, completeness, tool } from '../tool.ts';

const MOST_ALERTS = 20;
const MOST_TEXT = 1_000;

const Labels = z.record(z.string(), z.string());
const RuleView = z.strictObject({
  uid: z.string().optional(),
  name: z.string(),
  folder: z.string().describe('Uid, or the title from older versions'),
  group: z.string(),
  type: z.string(),
  state: z.string(),
  health: z.string(),
  for_seconds: z.number(),
  query: z.string(),
  labels: Labels,
  annotations: Labels,
  alerts: z
    .array(
      z.strictObject({
        state: z.string(),
        labels: Labels,
        since: z.string().optional(),
        value: z.string(),
      }),
    )
    .describe('Those that are not normal'),
  alerts_cut: z.literal(true).optional(),
});

export const alertRules = tool({
  name: 'grafana_alert_rules',
  access: 'read',
  title: 'List alert rules',
  description: 'List Grafana’s own alert rules with their state, and the alerts that are not normal.',
  reach: 'sub',
  params: z.strictObject({
    state: z.enum(['firing', 'pending', 'recovering', 'inactive']).optional(),
    text: z.string().min(1).max(200).optional().describe('Part of the name'),
    count: z.number().int().min(1).max(500).default(50),
  }),
  output: z.strictObject({ rules: z.array(RuleView), ...completeness }),
  list: 'rules',
  async run({ client, target, signal, limits }, { state, text, count }) {
    folderOf(target);
    const wanted = (await client.rules(signal))
      .flatMap((group) => group.rules.map((rule) => ({ group, rule })))
      .filter(({ rule }) => state === undefined || rule.state === state)
      .filter(({ rule }) => text === undefined || rule.name.toLowerCase().includes(text.toLowerCase()));
    const rules = wanted.slice(0, Math.min(count, limits.rows)).map(ruleView);
    return { rules, ...complete(wanted.length > rules.length, 'raise count, or give a state or text') };
  },
});

/** A rule without the error of its last evaluation and where it notifies: both may hold addresses. */
function ruleView({ group, rule }: { group: RuleGroup; rule: AlertRule }): z.output<typeof RuleView> {
  const { uid, name, type, state, health, duration, query, labels, annotations, alerts } = rule;
  const notNormal = alerts.filter((alert) => !/^(normal|inactive)/i.test(alert.state));
  return {
    ...(uid === undefined || uid === '' ? {} : { uid }),
    name,
    folder: group.folderUid ?? group.file,
    group: group.name,
    type,
    state,
    health,
    for_seconds: duration,
    query: shortened(query, MOST_TEXT),
    labels,
    annotations,
    alerts: notNormal.slice(0, MOST_ALERTS).map((alert) => ({
      state: alert.state,
      labels: alert.labels,
      ...(alert.activeAt ? { since: alert.activeAt } : {}),
      value: shortened(alert.value, MOST_TEXT),
    })),
    ...(notNormal.length > MOST_ALERTS ? { alerts_cut: true as const } : {}),
  };
}
