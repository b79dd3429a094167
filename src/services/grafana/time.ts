import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';

export const TimeInput = z
  .string()
  .max(40)
  .describe('RFC 3339 such as 2026-01-31T12:00:00Z, or relative to now such as now-15m; or now');

const MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;
const RELATIVE = /^now(?:-(\d{1,6})([smhdw]))?$/;

/** Unix milliseconds of a moment as a caller writes it, `now` in the same. Throws ToolError('invalid_arguments'). */
export function momentOf(input: string, now: number): number {
  const relative = RELATIVE.exec(input);
  if (relative) return now - Number(relative[1] ?? 0) * (MS[relative[2] ?? 's'] ?? 0);
  const moment = RFC3339.test(input) ? Date.parse(input) : Number.NaN;
  if (Number.isFinite(moment) && moment > 0) return moment;
  throw new ToolError(
    'invalid_arguments',
    `${JSON.stringify(input)} is not understood: expected RFC 3339, now, or relative such as now-15m`,
  );
}

/** A range in Unix milliseconds, at most `mostDays` long. Throws ToolError('invalid_arguments'). */
export function rangeOf(from: string, to: string, mostDays: number): { from: number; to: number } {
  const now = Date.now();
  const range = { from: momentOf(from, now), to: momentOf(to, now) };
  if (range.to <= range.from) throw new ToolError('invalid_arguments', 'to must lie after from');
  if (range.to - range.from > mostDays * 86_400_000)
    throw new ToolError('invalid_arguments', `at most ${mostDays} days lie between from and to`);
  return range;
}

/** RFC 3339 of Unix milliseconds; undefined for 0, by which Grafana means none. */
export const shownTime = (ms: number): string | undefined =>
  ms > 0 && ms < 253_402_300_800_000 ? new Date(ms).toISOString() : undefined;
