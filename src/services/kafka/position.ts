import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import type { OffsetsByPartition, TopicState } from './client.ts';
import type { Reading } from './tool.ts';

const IsoTime = z.iso.datetime({ offset: true });
/** A time. Checked by hand, since the pattern that zod would advertise is longer than the rest of a tool. */
export const Instant = z
  .string()
  .max(40)
  .refine((text) => IsoTime.safeParse(text).success, 'expected ISO 8601 with a zone: 2026-01-31T12:00:00Z');

/** Where to read or to commit: parameters of the tools that need a place in a partition. */
export const position = {
  position: z.enum(['earliest', 'latest', 'offset', 'time']),
  offset: z.number().int().min(0).optional().describe('With position offset'),
  time: Instant.optional().describe('With position time: the first message since, ISO 8601 with a zone'),
};
type Position = z.output<z.ZodObject<typeof position>>;

/** Throws ToolError('invalid_arguments') unless `offset` and `time` are there just when they are meant. */
export function assertPosition({ position: kind, offset, time }: Position): void {
  if ((kind === 'offset') !== (offset !== undefined))
    throw new ToolError('invalid_arguments', 'offset goes with position offset, and is needed there');
  if ((kind === 'time') !== (time !== undefined))
    throw new ToolError('invalid_arguments', 'time goes with position time, and is needed there');
}

/** What each partition holds: from `earliest` up to, and without, `latest`. */
export interface Bounds {
  readonly earliest: OffsetsByPartition;
  readonly latest: OffsetsByPartition;
}

export async function boundsOf(
  { client, signal }: Pick<Reading, 'client' | 'signal'>,
  state: TopicState,
  partitions?: readonly number[],
): Promise<Bounds> {
  const [earliest, latest] = await Promise.all([
    client.offsets(state, 'earliest', signal, partitions),
    client.offsets(state, 'latest', signal, partitions),
  ]);
  return { earliest, latest };
}

/**
 * The offset that a position stands for in each partition that has a leader. A time after the last message is the end.
 * Throws ToolError('query_failed') for an offset that a partition does not hold.
 */
export async function placesOf(
  { client, signal }: Pick<Reading, 'client' | 'signal'>,
  state: TopicState,
  { position: kind, offset, time }: Position,
  { earliest, latest }: Bounds,
): Promise<ReadonlyMap<number, number>> {
  const since =
    time === undefined
      ? undefined
      : await client.offsets(state, Date.parse(time), signal, [...latest.keys()]);
  const places = new Map<number, number>();
  for (const [partition, end] of latest) {
    const start = earliest.get(partition) ?? 0;
    const last = end ?? start;
    if (kind === 'offset' && (offset === undefined || offset < start || offset > last))
      throw new ToolError(
        'query_failed',
        `partition ${partition} holds the offsets from ${start} up to ${last}`,
      );
    const place = { earliest: start, latest: last, offset, time: since?.get(partition) ?? last }[kind];
    places.set(partition, place ?? last);
  }
  return places;
}

/** A topic's state. Throws ToolError('not_found'). */
export async function stateOf(
  { client, signal }: Pick<Reading, 'client' | 'signal'>,
  topic: Parameters<Reading['client']['topic']>[0],
): Promise<TopicState> {
  const state = await client.topic(topic, signal);
  if (!state) throw new ToolError('not_found', `there is no topic ${topic}`);
  return state;
}

/** The partitions that a call names, or all of the topic. Throws ToolError('not_found') for one that is not there. */
export function partitionsOf(state: TopicState, named: readonly number[] | undefined): readonly number[] {
  const all = state.partitions.map(({ partition }) => partition);
  const missing = named?.find((one) => !all.includes(one));
  if (missing !== undefined)
    throw new ToolError('not_found', `${state.name} has no partition ${missing}; it has ${all.length}`);
  return named ?? all;
}
