import { z } from 'zod';
import { Measured, type RunEvent } from '../../triage/events.ts';

const BARS = '▁▂▃▄▅▆▇█';
/** Points of the time before the run that are shown. */
const BEFORE = 12;
const Series = z.object({
  metric: z.string(),
  points: z.array(z.tuple([z.number(), z.number().nullable()])),
});

/** The alert's measure before, during and after a run, as a line of bars; undefined where nothing was measured. */
export function sparkline(events: readonly RunEvent[]): string | undefined {
  const series = events.flatMap((event) => (event.type === 'step' ? seriesIn(event.data?.series) : []))[0];
  const before = (series?.points ?? []).slice(-BEFORE).flatMap(([, value]) => value ?? []);
  const after = events.flatMap((event) =>
    event.type === 'step' && event.state === 'progress' ? measuredIn(event.data?.measured) : [],
  );
  const last = events.flatMap((event) => (event.type === 'done' ? (event.measured ?? []) : []))[0];
  if (!series || !last) return undefined;
  const values = [...before, ...after.map(({ value }) => value), last.value];
  const most = Math.max(...values, Number.MIN_VALUE);
  const bars = values.map((value) => BARS[Math.round((value / most) * (BARS.length - 1))]).join('');
  const worst = Math.max(...before, 0);
  return `${series.metric}: ${bars} ${worst} -> ${last.value}`;
}

const seriesIn = (value: unknown) => {
  const read = Series.safeParse(value);
  return read.success ? [read.data] : [];
};

const measuredIn = (value: unknown) => {
  const read = Measured.safeParse(value);
  return read.success ? [read.data] : [];
};
