import { z } from 'zod';
import { ToolError } from '../errors.ts';

/** A duration as PromQL and LogQL write it, in whole numbers. */
export const DURATION = /^(?:\d+(?:ms|[smhdwy]))+$/;

export const TimeInput = z
  .union([z.number(), z.string().max(40)])
  .describe('RFC 3339 such as 2026-01-31T12:00:00Z, Unix seconds, or relative to now such as -15m; or now');

export const DurationInput = z
  .string()
  .max(20)
  .regex(DURATION, 'expected a duration such as 30s, 5m or 1h30m')
  .describe('A duration such as 30s, 5m, 1h30m or 2d');

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i;
/** The end of the year 9999; a larger number was meant as milliseconds. */
const LAST_SECOND = 253_402_300_799;

/** Seconds of a duration. Throws ToolError('invalid_arguments'). */
export function secondsOf(duration: string): number {
  if (!DURATION.test(duration)) throw invalid(duration, 'expected a duration such as 30s, 5m or 1h30m');
  return [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (SECONDS[unit ?? ''] ?? Number.NaN),
    0,
  );
}

/** Unix seconds of a moment as a caller writes it. `now` is in Unix seconds. Throws ToolError('invalid_arguments'). */
export function momentOf(input: string | number, now: number): number {
  const seconds = typeof input === 'number' ? input : parseMoment(input.trim(), now);
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= LAST_SECOND) return seconds;
  throw invalid(input, 'expected RFC 3339, Unix seconds, now, or relative such as -15m');
}

function parseMoment(text: string, now: number): number {
  if (text === 'now') return now;
  const back = /^(?:now)?-(.+)$/.exec(text)?.[1];
  if (back !== undefined) return now - secondsOf(back);
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  return RFC3339.test(text) ? Date.parse(text) / 1000 : Number.NaN;
}

/** Now in Unix seconds. */
export const currentMoment = (): number => Date.now() / 1000;

/** `start` and `end` as the APIs take them; the last hour unless said. Throws ToolError('invalid_arguments'). */
export function periodOf({ start = '-1h', end = 'now' }: Period): [string, string][] {
  const now = currentMoment();
  return [
    ['start', momentOf(start, now).toFixed(3)],
    ['end', momentOf(end, now).toFixed(3)],
  ];
}

interface Period {
  readonly start?: string | number | undefined;
  readonly end?: string | number | undefined;
}

const invalid = (input: string | number, expected: string) =>
  new ToolError('invalid_arguments', `${JSON.stringify(input)} is not understood: ${expected}`);
