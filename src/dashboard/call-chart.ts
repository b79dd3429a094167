import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { ShownHealth } from '../server/console/wire.ts';
import { clock, usePlot } from './plot.ts';

const MOST_POINTS = 600;
const HEIGHT = 180;
const SHORTEST_S = 2;
/** The least that the chart shows, in seconds. */
const SPAN_S = 60;

interface Sample {
  /** Seconds since 1970. */
  readonly at: number;
  readonly calls: number;
  readonly refused: number;
}
// Kept while the page is open, so that looking at another view leaves no hole.
const samples: Sample[] = [];

/** Calls and refused calls a minute, since the page was opened. The figures above it say the same in words. */
export function CallChart({ health }: { health: ShownHealth }) {
  const [data, setData] = useState(rates);
  useEffect(() => {
    const refused = health.byOutcome.find(({ name }) => name === 'denied')?.count ?? 0;
    const now = Date.parse(health.now) / 1000;
    // Two looks within a moment would make one call a minute of many.
    if (now - (samples.at(-1)?.at ?? 0) < SHORTEST_S) return;
    samples.push({ at: now, calls: health.calls, refused });
    if (samples.length > MOST_POINTS) samples.shift();
    setData(rates());
  }, [health]);
  const place = usePlot({
    height: HEIGHT,
    data,
    options: ({ colour, axis }) => ({
      legend: { show: false },
      scales: {
        x: { range: (_plot, first, last) => [Math.min(first, last - SPAN_S), last] },
        y: { range: (_plot, _least, most) => [0, Math.max(most, 1)] },
      },
      axes: [{ ...axis, values: (_plot, ticks) => ticks.map(clock), space: 90 }, axis],
      series: [
        {},
        { label: 'calls a minute', stroke: colour('--good'), width: 2 },
        { label: 'refused a minute', stroke: colour('--bad'), width: 2, dash: [5, 4] },
      ],
    }),
  });
  return html`<figure>
    <div ref=${place} role="img" aria-label="Calls and refused calls a minute since this page was opened"></div>
    <figcaption class="dim">A minute: calls (line), refused calls (dashes), since this page was opened</figcaption>
  </figure>`;
}

function rates(): uPlot.AlignedData {
  const times: number[] = [];
  const calls: number[] = [];
  const refused: number[] = [];
  for (const [index, { at, ...now }] of samples.entries()) {
    const before = samples[index - 1];
    if (!before || at <= before.at) continue;
    const perMinute = 60 / (at - before.at);
    times.push(at);
    calls.push((now.calls - before.calls) * perMinute);
    refused.push((now.refused - before.refused) * perMinute);
  }
  // Of a single point uPlot makes a day.
  return times.length > 1 ? [times, calls, refused] : [[], [], []];
}
