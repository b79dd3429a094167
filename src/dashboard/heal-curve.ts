import { html } from 'htm/preact';
import { useMemo, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { RunMeasured, ShownRunEvent } from '../server/console/wire.ts';
import { clock, usePlot } from './plot.ts';

const HEIGHT = 150;
/** Points of the time before the run: enough to see what was normal, and not so many that the heal is a corner. */
const MOST_BEFORE = 25;

/** The alert's measure before and during a run, and when something was changed. */
export interface Heal {
  readonly component: string;
  readonly metric: string;
  /** Seconds since 1970 by the clock of what the run works on, and the value then. */
  readonly points: readonly (readonly [number, number])[];
  /** Seconds since 1970. */
  readonly acted: readonly number[];
}

/** What the events of a run say of it; undefined where nothing was measured. */
export function healOf(events: readonly ShownRunEvent[]): Heal | undefined {
  const series = events
    .map((event) => (event.type === 'step' ? event.data?.series : undefined))
    .find(isSeries);
  const looks = events.flatMap((event): (readonly [number, RunMeasured])[] => {
    const at = Date.parse(event.at) / 1000;
    if (event.type === 'done' && event.measured) return [[at, event.measured]];
    const measured = event.type === 'step' && event.state === 'progress' ? event.data?.measured : undefined;
    return isMeasured(measured) ? [[at, measured]] : [];
  });
  const of = series ?? looks[0]?.[1];
  if (!of) return undefined;
  const before = (series?.points ?? [])
    .slice(-MOST_BEFORE)
    .flatMap(([at, value]) => (value === null ? [] : [[at, value] as const]));
  const sorted = [...before, ...looks.map(([at, { value }]) => [at, value] as const)];
  return {
    component: of.component,
    metric: of.metric,
    // A chart goes one way: what is not later than the point before is left out.
    points: sorted.filter(([at], index) => index === 0 || at > (sorted[index - 1]?.[0] ?? 0)),
    acted: events.flatMap((event) =>
      event.type === 'action' && event.phase !== 'intended' ? [Date.parse(event.at) / 1000] : [],
    ),
  };
}

/** The same as a curve; its words say what the eye sees. */
export function HealCurve({ heal }: { heal: Heal }) {
  const { component, metric, points, acted } = heal;
  // The chart outlives this drawing of it: what it marks is looked up when it draws.
  const latest = useRef(acted);
  latest.current = acted;
  const data = useMemo<uPlot.AlignedData>(
    () => [points.map(([at]) => at), points.map(([, value]) => value)],
    [points.length],
  );
  const place = usePlot({
    height: HEIGHT,
    data,
    options: ({ colour, axis }) => ({
      legend: { show: false },
      padding: [null, 28, null, null],
      cursor: { show: false },
      scales: { y: { range: (_plot, _least, most) => [0, Math.max(most * 1.1, 0.01)] } },
      axes: [{ ...axis, values: (_plot, ticks) => ticks.map(clock), space: 90 }, axis],
      series: [{}, { label: metric, stroke: colour('--accent'), width: 2, points: { show: false } }],
      hooks: { draw: [markActions(colour('--warn'), () => latest.current)] },
    }),
  });
  const worst = Math.max(...points.map(([, value]) => value));
  const words = `${metric} of ${component}: at worst ${round(worst)}, last ${round(points.at(-1)?.[1] ?? 0)}`;
  return html`<figure>
    <div ref=${place} role="img" aria-label=${`${words}; ${points.length} points`}></div>
    <figcaption>${words}${acted.length > 0 ? html`<span class="dim">; dashes: a change was made</span>` : ''}</figcaption>
  </figure>`;
}

const markActions = (stroke: string, times: () => readonly number[]) => (plot: uPlot) => {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.setLineDash([6, 5]);
  ctx.lineWidth = 2;
  for (const at of times()) {
    const x = plot.valToPos(at, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
};

const round = (value: number): number => Number(value.toPrecision(3));

interface Series {
  readonly component: string;
  readonly metric: string;
  readonly points: readonly (readonly [number, number | null])[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isSeries = (value: unknown): value is Series =>
  isObject(value) &&
  typeof value.component === 'string' &&
  typeof value.metric === 'string' &&
  Array.isArray(value.points) &&
  value.points.every(
    (one) =>
      Array.isArray(one) && typeof one[0] === 'number' && (one[1] === null || typeof one[1] === 'number'),
  );
const isMeasured = (value: unknown): value is RunMeasured =>
  isObject(value) &&
  typeof value.component === 'string' &&
  typeof value.metric === 'string' &&
  typeof value.value === 'number';
