import { z } from 'zod';
import type { HeldStream } from './logql-evaluator.ts';
import { Refusal } from './loki-endpoints.ts';

/** The push endpoint of the Loki twin, with the checks of Loki's distributor and ingester and their own words. */

/** Loki's defaults of `limits_config` and `ingester`, which a test may change. */
export interface IngestLimits {
  /** `reject_old_samples_max_age`. */
  maxAgeMs: number;
  /** `creation_grace_period`. */
  graceMs: number;
  /** `max_line_size`. */
  maxLineBytes: number;
  /** Half of `max_chunk_age`. */
  behindMs: number;
  /** Of a whole request, as a gateway before it allows. */
  maxBodyBytes: number;
}

export const INGEST_LIMITS: IngestLimits = {
  maxAgeMs: 168 * 3_600_000,
  graceMs: 10 * 60_000,
  maxLineBytes: 256 * 1024,
  behindMs: 3_600_000,
  maxBodyBytes: 4 * 2 ** 20,
};

const MAX_LABELS = 15;
const Labels = z.record(z.string().regex(/^[a-zA-Z_]\w{0,1023}$/), z.string().max(2048));
const Nanoseconds = z.string().regex(/^\d{19}$/, 'the timestamp has to be a string of nanoseconds');
const Value = z
  .tuple([Nanoseconds, z.string()])
  .or(z.tuple([Nanoseconds, z.string(), z.record(z.string(), z.string())]));
const Body = z.strictObject({
  streams: z.array(z.strictObject({ stream: Labels, values: z.array(Value).min(1) })).min(1),
});

type Entry = HeldStream['entries'][number];

/** A stream as it stands in the twin, which entries are added to. */
interface GrowingStream {
  readonly labels: HeldStream['labels'];
  readonly entries: Entry[];
}

/**
 * Takes what of a request is sound, as Loki does, and throws a Refusal for the rest of it. An entry that its stream
 * holds already, timestamp and line, is not added again.
 */
export function ingest(text: string, streams: HeldStream[], limits: IngestLimits): void {
  if (Buffer.byteLength(text) > limits.maxBodyBytes) throw new Refusal(413, '413 Request Entity Too Large');
  const errors: string[] = [];
  for (const { stream: labels, values } of bodyOf(text).streams) {
    const name = nameOf(labels);
    const labelError = errorOfLabels(labels, name);
    if (labelError !== undefined) {
      errors.push(labelError);
      continue;
    }
    const valid: Entry[] = [];
    for (const [nanoseconds, line] of values) {
      const error = errorOfEntry({ nanoseconds, line }, name, limits);
      if (error === undefined) valid.push({ nanoseconds, line });
      else errors.push(error);
    }
    errors.push(...append(streamOf(streams, labels), valid, { name, behindMs: limits.behindMs }));
  }
  if (errors.length > 0) throw new Refusal(400, grouped(errors));
}

function bodyOf(text: string): z.infer<typeof Body> {
  const parsed = Body.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Refusal(400, `push: ${parsed.error.message}`, true);
  return parsed.data;
}

const nameOf = (labels: HeldStream['labels']): string =>
  `{${Object.entries(labels)
    .sort()
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ')}}`;

function errorOfLabels(labels: HeldStream['labels'], name: string): string | undefined {
  const count = Object.keys(labels).length;
  if (count === 0) return 'error at least one label pair is required per stream';
  if (count > MAX_LABELS) return `entry for stream '${name}' has ${count} label names; limit ${MAX_LABELS}`;
  return undefined;
}

const millisecondsOf = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000_000n);
const rfc3339 = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

function errorOfEntry({ nanoseconds, line }: Entry, name: string, limits: IngestLimits): string | undefined {
  const time = millisecondsOf(nanoseconds);
  const oldest = Date.now() - limits.maxAgeMs;
  if (time < oldest)
    return `entry for stream '${name}' has timestamp too old: ${rfc3339(time)}, oldest acceptable timestamp is: ${rfc3339(oldest)}`;
  if (time > Date.now() + limits.graceMs)
    return `entry for stream '${name}' has timestamp too new: ${rfc3339(time)}`;
  const bytes = Buffer.byteLength(line);
  if (bytes > limits.maxLineBytes)
    return `Max entry size '${limits.maxLineBytes}' bytes exceeded for stream '${name}' while adding an entry with length '${bytes}' bytes`;
  return undefined;
}

function streamOf(streams: HeldStream[], labels: HeldStream['labels']): GrowingStream {
  const found = streams.find((one) => nameOf(one.labels) === nameOf(labels));
  const growing = { labels, entries: [...(found?.entries ?? [])] };
  streams.splice(found ? streams.indexOf(found) : streams.length, found ? 1 : 0, growing);
  return growing;
}

/** The words of what is too far behind the newest entry of the stream. */
function append(
  { entries }: GrowingStream,
  more: readonly Entry[],
  { name, behindMs }: { readonly name: string; readonly behindMs: number },
): string[] {
  const ignored: string[] = [];
  const keyOf = ({ nanoseconds, line }: Entry) => `${nanoseconds} ${line}`;
  const known = new Set(entries.map(keyOf));
  let highest = entries.reduce((most, { nanoseconds }) => (nanoseconds > most ? nanoseconds : most), '0');
  for (const entry of more) {
    const oldest = millisecondsOf(highest) - behindMs;
    if (highest !== '0' && millisecondsOf(entry.nanoseconds) < oldest) {
      const time = rfc3339(millisecondsOf(entry.nanoseconds));
      ignored.push(
        `entry with timestamp ${time} ignored, reason: 'entry too far behind, entry timestamp is: ${time}, oldest acceptable timestamp is: ${rfc3339(oldest)}'`,
      );
      continue;
    }
    const key = keyOf(entry);
    if (!known.has(key)) entries.push(entry);
    known.add(key);
    if (entry.nanoseconds > highest) highest = entry.nanoseconds;
  }
  if (ignored.length === 0) return [];
  return [
    `${ignored.join(',\n')},\nuser 'fake', total ignored: ${ignored.length} out of ${more.length} for stream: ${name}`,
  ];
}

/** Loki tells errors that are alike once, with their number. */
function grouped(errors: readonly string[]): string {
  const kinds = new Map<string, string[]>();
  for (const error of errors) {
    const kind = error.replace(/'[^']*'|\d+/g, '');
    kinds.set(kind, [...(kinds.get(kind) ?? []), error]);
  }
  return [...kinds.values()]
    .map((alike) => (alike.length === 1 ? alike[0] : `${alike.length} errors like: ${alike[0]}`))
    .join('; ');
}
