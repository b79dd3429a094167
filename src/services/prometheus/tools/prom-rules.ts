import { z } from 'zod';
import { isInScope, type ScopeLabels, scopeOf } from '../../../toolset/label-scope.ts';
import { LabelSet, type Rule, RuleData } from '../api.ts';
import { complete, completeness, tool } from '../tool.ts';

const RuleView = z.strictObject({
  group: z.string(),
  type: z.enum(['alerting', 'recording']),
  name: z.string(),
  query: z.string(),
  labels: LabelSet,
  annotations: LabelSet.optional(),
  for_seconds: z.number().optional(),
  state: z.string().optional(),
  active_alerts: z.number().optional(),
  health: z.string().optional(),
  last_error: z.string().optional(),
  last_evaluation: z.string().optional(),
  evaluation_seconds: z.number().optional(),
});
type RuleView = z.output<typeof RuleView>;

export const promRules = tool({
  name: 'prom_rules',
  access: 'read',
  title: 'List alerting and recording rules',
  description:
    'List the rules that Prometheus evaluates, with their expression and health, among those that carry the link’s labels.',
  reach: 'sub',
  params: z.strictObject({
    type: z.enum(['alert', 'record']).optional(),
    search: z.string().max(200).optional().describe('Part of the rule’s name'),
  }),
  output: z.strictObject({ rules: z.array(RuleView), ...completeness }),
  list: 'rules',
  async run({ client, target, signal, limits }, { type, search = '' }) {
    const scope = scopeOf(target);
    const { data, warnings } = await client.ask(
      { method: 'GET', path: ['rules'], params: type ? [['type', type]] : [], data: RuleData },
      { signal, limits },
    );
    // The endpoint takes no matchers everywhere, so what others may see is sorted out here.
    const visible = data.groups.flatMap((group) =>
      group.rules
        .filter((rule) => isInScope(rule.labels ?? {}, scope))
        .filter((rule) => rule.name.toLowerCase().includes(search.toLowerCase()))
        .map((rule) => view(group.name, rule, scope)),
    );
    const rules = visible.slice(0, limits.rows);
    return { rules, ...complete(visible.length > rules.length, 'search for a part of the name', warnings) };
  },
});

function view(group: string, rule: Rule, scope: ScopeLabels): RuleView {
  const { type, name, query, labels, annotations, duration, state, health, lastEvaluation, evaluationTime } =
    rule;
  // An evaluation error quotes label sets of whatever the rule reads.
  const lastError = Object.keys(scope).length === 0 ? rule.lastError : undefined;
  return {
    group,
    type,
    name,
    query,
    labels: labels ?? {},
    ...(annotations ? { annotations } : {}),
    ...(duration === undefined ? {} : { for_seconds: duration }),
    ...(state === undefined ? {} : { state }),
    ...(rule.alerts
      ? { active_alerts: rule.alerts.filter((one) => isInScope(one.labels, scope)).length }
      : {}),
    ...(health === undefined ? {} : { health }),
    ...(lastError ? { last_error: lastError } : {}),
    ...(lastEvaluation === undefined ? {} : { last_evaluation: lastEvaluation }),
    ...(evaluationTime === undefined ? {} : { evaluation_seconds: evaluationTime }),
  };
}
