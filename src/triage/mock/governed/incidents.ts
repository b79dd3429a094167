import type { Stackward } from '../../../stackward.ts';
import { AlertError } from '../../alert.ts';
import { openFeed } from '../../feed.ts';
import type { Incidents } from '../../incidents.ts';
import { openRunJournals } from '../../run/journal.ts';
import { toolsOf } from '../../tools.ts';
import { openGovernedMock } from './backend.ts';
import { type Drills, openDrills } from './drills.ts';
import type { MockWorld } from './world.ts';

interface DemoOptions {
  readonly principal: string;
  readonly world: MockWorld;
  readonly paceMs: number;
  report(message: string): void;
}

/** The triages of a demonstration's server: incident scripts that somebody starts, and no alerts of anything real. */
export async function openDemoIncidents(
  stackward: Stackward,
  { principal, world, paceMs, report }: DemoOptions,
): Promise<Incidents & { readonly drills: Drills }> {
  const journals = openRunJournals(stackward.stores.runs());
  const feed = await openFeed(stackward.stores);
  const governed = openGovernedMock({
    tools: toolsOf(stackward, principal),
    world,
    graph: stackward.catalogs.graph,
    diagnoses: stackward.diagnoses,
    paceMs,
  });
  const drills = openDrills({
    world,
    governed,
    journals,
    tell: (event) => void feed.add(event).catch(() => report('the feed of events cannot be written')),
  });
  return {
    principal,
    drills,
    async alert() {
      throw new AlertError('this is a demonstration: start an incident script in the console instead');
    },
    follow: feed.follow,
    last: feed.last,
    page: feed.page,
    kept: journals.kept,
    async close() {
      await drills.close();
      await feed.close();
    },
  };
}
