import type { LogLine } from './input.ts';
import type { Window } from './window.ts';

/** A kind of log line that came more often in the incident than before it. */
export interface LogShift {
  readonly component: string;
  readonly template: string;
  /** One line of it, as it was logged. */
  readonly example: string;
  readonly seen: number;
  /** How many the time before the incident would have led one to expect. */
  readonly expected: number;
  /** `seen` over `expected`, in deviations of a count. */
  readonly deviations: number;
}

const TROUBLE =
  /\b(error|errors|err|exception|fatal|panic|fail\w*|timeout|timed out|refused|denied|unavailable|oom\w*|killed|unreachable|reset|5\d\d)\b/i;

/** The line without what differs from one request to the next. */
export function template(line: string): string {
  return line
    .replace(/"[^"]*"|'[^']*'/g, '<s>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{13,}\b/gi, '<id>')
    .replace(/\b(?=[a-f]*\d)[0-9a-f]{6,}\b/gi, '<id>')
    .replace(/\d+(?:\.\d+)*/g, '<n>')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}

/**
 * Templates of trouble that grew. Only lines that speak of trouble count: a new version logs new lines. The time
 * before the window sets what is expected; with none of it, nothing can be said to have shifted.
 */
export function logShifts(logs: readonly LogLine[], window: Window): LogShift[] {
  const first = logs.reduce((least, { t }) => Math.min(least, t), Number.POSITIVE_INFINITY);
  const last = logs.reduce((most, { t }) => (t <= window.to ? Math.max(most, t) : most), window.from);
  const before = window.from - first;
  const during = Math.max(last - window.from, window.step, 1);
  if (!(before > 0)) return [];
  const groups = new Map<string, { component: string; example: string; seen: number; earlier: number }>();
  for (const { t, component, line } of logs) {
    if (t > window.to || !TROUBLE.test(line)) continue;
    const key = JSON.stringify([component, template(line)]);
    const group = groups.get(key) ?? { component, example: line, seen: 0, earlier: 0 };
    if (t >= window.from) {
      group.seen += 1;
      // The least line, not the first: the order that logs came in must not matter.
      if (group.seen === 1 || line < group.example) group.example = line;
    } else group.earlier += 1;
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ component, example, seen, earlier }) => {
    const expected = earlier * (during / before);
    const deviations = (seen - expected) / Math.sqrt(expected + 1);
    return deviations > 0
      ? [{ component, template: template(example), example, seen, expected, deviations }]
      : [];
  });
}
