import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Change, JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { stateOf } from './position.ts';
import { topicIn } from './scope.ts';
import { OwnSettings, ownSettings, settingsOf } from './settings.ts';
import type { Writing } from './tool.ts';

const Before = z.strictObject({ id: z.string(), settings: OwnSettings });
const After = z.strictObject({ settings: OwnSettings });

/** What a change of settings sees before it runs. */
export async function captureSettings(
  context: Writing,
  topic: string,
  names: readonly string[],
): Promise<JsonValue> {
  const name = topicIn(context.target, topic);
  const { id } = await stateOf(context, name);
  return { id, settings: ownSettings(await settingsOf(context, name, names), names) };
}

/** Whether the settings are as they were, of the same topic. */
export async function areSettingsBack(
  context: Writing,
  { args, before }: Change<{ readonly topic: string }>,
): Promise<boolean> {
  const names = Object.keys(Before.parse(before).settings);
  return isDeepStrictEqual(await captureSettings(context, args.topic, names), before);
}

/**
 * Puts settings back. Throws ToolError('conflict') when one is neither as the write left it nor as it was before. The
 * broker cannot compare while it writes, so a change between the look and the write is overwritten.
 */
export async function putSettingsBack(
  context: Writing,
  { args, before, after }: Change<{ readonly topic: string }>,
): Promise<void> {
  if (after === null) return;
  const { client, target, signal } = context;
  const topic = topicIn(target, args.topic);
  const { id, settings: was } = Before.parse(before);
  const { settings: written } = After.parse(after);
  if ((await client.topic(topic, signal))?.id !== id)
    throw new ToolError('conflict', `somebody deleted ${topic} since the write`);
  const names = Object.keys(was);
  const now = ownSettings(await settingsOf(context, topic, names), names);
  const foreign = names.find((name) => now[name] !== was[name] && now[name] !== written[name]);
  if (foreign !== undefined)
    throw new ToolError('conflict', `somebody set ${foreign} of ${topic} since the write; it stays as it is`);
  const changed = names.filter((name) => now[name] !== was[name]);
  if (changed.length === 0) return;
  await client.alterConfig(
    topic,
    changed.map((name) => [name, was[name] ?? null] as const),
    signal,
  );
}
