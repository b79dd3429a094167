import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

/** What a chart is drawn with, in the colours of the page as it is now. */
export interface Brushes {
  colour(name: string): string;
  readonly axis: uPlot.Axis;
}

interface PlotSpec {
  /** Pixels. */
  readonly height: number;
  options(brushes: Brushes): Omit<uPlot.Options, 'width' | 'height'>;
  readonly data: uPlot.AlignedData;
}

/** A chart as wide as the element that is given the returned reference; drawn anew as its data change. */
export function usePlot({ height, options, data }: PlotSpec) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  useEffect(() => plot.current?.setData(data), [data]);
  useEffect(() => {
    const own = place.current;
    if (!own) return;
    // A canvas knows no custom properties: the element wears each colour for a moment, and what it became is read.
    const colour = (name: string) => {
      own.style.color = `var(${name})`;
      return getComputedStyle(own).color;
    };
    const axis = {
      stroke: colour('--dim'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1 },
    };
    const made = new uPlot({ ...options({ colour, axis }), width: own.clientWidth, height }, data, own);
    plot.current = made;
    const sized = new ResizeObserver(() => made.setSize({ width: own.clientWidth, height }));
    sized.observe(own);
    return () => {
      sized.disconnect();
      made.destroy();
    };
  }, []);
  return place;
}

/** Seconds since 1970 as a time of the day. */
export const clock = (seconds: number): string => new Date(seconds * 1000).toLocaleTimeString('sv-SE');
