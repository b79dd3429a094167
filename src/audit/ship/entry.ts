import { parseLine } from '../line.ts';

/** One record on its way to Loki. */
export interface Entry {
  readonly seq: number;
  /** When it was recorded, in milliseconds since 1970. */
  readonly time: number;
  readonly kind: string;
  /** The record's line, without its newline. */
  readonly line: Buffer;
  /** The record as a value of a push request: timestamp and line, as JSON. */
  readonly value: string;
}

/** Undefined for a line that is no record, or says no time. */
export function entryOf(line: Buffer): Entry | undefined {
  const record = parseLine(line);
  const time = record ? Date.parse(record.time) : Number.NaN;
  if (!record || !Number.isFinite(time)) return undefined;
  const { seq, kind } = record;
  const value = JSON.stringify([nanosecondsOf(time, seq), line.toString('utf8')]);
  return { seq, time, kind, line, value };
}

/**
 * A record's time as Loki keeps it: its milliseconds, and its number below them. So the records of a chain stay in
 * their order, no two are equal, and a record that is pushed again has the timestamp that it had, by which Loki knows it.
 */
export const nanosecondsOf = (time: number, seq: number): string =>
  String(BigInt(time) * 1_000_000n + BigInt(seq % 1_000_000));
