import { useEffect, useState } from 'preact/hooks';
import type { ShownRunEvent } from '../server/console/wire.ts';
import { queryOf } from './api.ts';

/** The events of each run so far, in their order. */
export type Trails = ReadonlyMap<string, readonly ShownRunEvent[]>;

/**
 * Follows runs as they happen, over one stream, until each has ended. A connection that broke is taken up by the
 * browser after the last event that it had; an event that comes twice all the same is dropped by its number.
 */
export function useTrails(runs: readonly string[]): { trails: Trails; isLive: boolean } {
  const [trails, setTrails] = useState<Trails>(new Map());
  const [isLive, setLive] = useState(true);
  const key = runs.join();
  useEffect(() => {
    setTrails(new Map());
    const known = new Map<string, ShownRunEvent[]>(key.split(',').map((run) => [run, []]));
    const source = new EventSource(`/console/api/runs/events${queryOf({ run: key })}`);
    let isDue = false;
    const show = () => {
      isDue = false;
      setTrails(new Map([...known].map(([run, events]) => [run, [...events]])));
    };
    source.addEventListener('open', () => setLive(true));
    source.addEventListener('error', () => setLive(false));
    source.addEventListener('ended', () => window.dispatchEvent(new Event('signed-out')));
    source.addEventListener('message', ({ data }) => {
      const event: ShownRunEvent = JSON.parse(data);
      const events = known.get(event.run);
      if (!events || event.seq <= (events.at(-1)?.seq ?? 0)) return;
      events.push(event);
      // A run of the past comes as one burst: it is drawn once.
      if (!isDue) requestAnimationFrame(show);
      isDue = true;
      if ([...known.values()].every((all) => all.at(-1)?.type === 'done')) source.close();
    });
    return () => source.close();
  }, [key]);
  return { trails, isLive };
}
