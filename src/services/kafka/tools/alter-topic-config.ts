import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { ConfigEntry } from '../client.ts';
import { TopicName } from '../names.ts';
import { topicRightsAhead } from '../rights.ts';
import { topicIn } from '../scope.ts';
import { asText, keepsLess, type OwnSettings, SAFE_NAMES, SafeSettings, settingsOf } from '../settings.ts';
import { areSettingsBack, captureSettings, putSettingsBack } from '../settings-change.ts';
import { tool } from '../tool.ts';

const Params = z.strictObject({
  topic: TopicName,
  set: SafeSettings.default({}),
  reset: z.array(z.enum(SAFE_NAMES)).max(20).default([]).describe('Leave these to the cluster again'),
});
type Params = z.output<typeof Params>;

export const alterTopicConfig = tool({
  name: 'kafka_alter_topic_config',
  access: 'write',
  reach: 'sub',
  title: 'Change settings of a topic',
  description:
    'Change settings that take no message away; all others stay. Retention is only raised here: kafka_lower_retention lowers it.',
  params: Params,
  output: z.strictObject({ topic: z.string(), settings: z.record(z.string(), z.string().nullable()) }),
  scope: (target, args) => ({
    resources: Object.keys(wanted(args)).map(
      (name) => `${target.name}/topic:${topicIn(target, args.topic)}/${name}`,
    ),
    atMost: Object.keys(wanted(args)).length,
  }),
  effect: {
    kind: 'update',
    way: 'sets the settings as they were, or leaves them to the cluster again',
    capture: (context, args) => captureSettings(context, args.topic, Object.keys(wanted(args))),
    revert: putSettingsBack,
    precheck: (context, { args }) =>
      topicRightsAhead(context, topicIn(context.target, args.topic), ['AlterConfigs']),
    isBack: areSettingsBack,
  },
  async run(context, args) {
    const topic = topicIn(context.target, args.topic);
    const settings = wanted(args);
    const entries = await settingsOf(context, topic, Object.keys(settings));
    for (const [name, value] of Object.entries(settings)) assertKeepsMessages(name, value, entries.get(name));
    await context.recordAfter({ settings });
    await context.client.alterConfig(topic, Object.entries(settings), context.signal);
    return { topic: topic.name, settings };
  },
});

/** The topic's own settings as they shall be; null leaves one to the cluster. */
function wanted({ set, reset }: Params): OwnSettings {
  const given = asText(set);
  const twice = reset.find((name) => name in given);
  if (twice !== undefined) throw new ToolError('invalid_arguments', `${twice} is both set and reset`);
  const all = { ...given, ...Object.fromEntries(reset.map((name) => [name, null])) };
  if (Object.keys(all).length === 0)
    throw new ToolError('invalid_arguments', 'set or reset at least one setting');
  return all;
}

function assertKeepsMessages(name: string, value: string | null, entry: ConfigEntry | undefined): void {
  if (!name.startsWith('retention.')) return;
  const after = value ?? entry?.inherited;
  if (after === undefined || after === null || entry === undefined || entry.value === null)
    throw new ToolError(
      'query_failed',
      `the broker does not say what ${name} would become; set it to a value`,
    );
  if (keepsLess(after, entry.value))
    throw new ToolError(
      'query_failed',
      `${name} would fall from ${entry.value} to ${after}, which deletes messages; kafka_lower_retention does that`,
    );
}
