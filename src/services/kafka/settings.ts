import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import type { ConfigEntry } from './client.ts';
import type { ScopedTopic } from './scope.ts';
import type { Reading } from './tool.ts';

const Size = z.number().int().min(1).optional();
/** -1 is without a limit. */
const Retention = z.number().int().min(-1).optional();

/** Settings of which none takes a message away; of the two retentions that holds for raising them. */
const safe = {
  'retention.ms': Retention,
  'retention.bytes': Retention,
  'min.insync.replicas': z.number().int().min(1).max(9).optional(),
  'max.message.bytes': Size,
  'compression.type': z.enum(['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd']).optional(),
  'segment.ms': Size,
  'segment.bytes': z.number().int().min(1_048_576).max(2_147_483_647).optional(),
};

/** What may be changed on a topic that holds messages. */
export const SafeSettings = z.strictObject(safe);
export const SAFE_NAMES = Object.keys(safe);

/** What may be set on a topic that is being made. */
export const NewSettings = z.strictObject({
  ...safe,
  'cleanup.policy': z.enum(['delete', 'compact', 'compact,delete']).optional(),
  'delete.retention.ms': z.number().int().min(0).optional(),
  'min.compaction.lag.ms': z.number().int().min(0).optional(),
  'max.compaction.lag.ms': Size,
  'message.timestamp.type': z.enum(['CreateTime', 'LogAppendTime']).optional(),
});

/** Settings as the broker takes them. */
export const asText = (
  settings: Readonly<Record<string, string | number | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/** Settings of a topic by name. Throws ToolError('not_found'). */
export async function settingsOf(
  { client, signal }: Pick<Reading, 'client' | 'signal'>,
  topic: ScopedTopic,
  names: readonly string[],
): Promise<ReadonlyMap<string, ConfigEntry>> {
  const entries = await client.config(topic, names, signal);
  if (!entries) throw new ToolError('not_found', `there is no topic ${topic}`);
  return new Map(entries.map((entry) => [entry.name, entry]));
}

/** What the topic itself says about some settings; null where it leaves one to the cluster. */
export const OwnSettings = z.record(
  z.string().refine((name) => SAFE_NAMES.includes(name), 'a setting that is not changed here'),
  z.string().nullable(),
);
export type OwnSettings = z.output<typeof OwnSettings>;

export const ownSettings = (
  entries: ReadonlyMap<string, ConfigEntry>,
  names: readonly string[],
): OwnSettings =>
  Object.fromEntries(
    names.map((name) => {
      const entry = entries.get(name);
      return [name, entry?.source === 'topic' ? entry.value : null];
    }),
  );

/** Whether a retention would keep less than another. Sizes and times alike; -1 keeps all. */
export const keepsLess = (wanted: string, than: string): boolean => limitOf(wanted) < limitOf(than);

const limitOf = (text: string): number => {
  const limit = Number(text);
  return limit === -1 ? Number.POSITIVE_INFINITY : limit;
};
