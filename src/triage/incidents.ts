import { join } from 'node:path';
import type { Stackward } from '../stackward.ts';
import { readAlerts } from './alert.ts';
import type { TriageDesk } from './desk.ts';
import { type Feed, openFeed } from './feed.ts';
import { openTriage } from './open-triage.ts';
import { type KeptOfRun, openRunJournals, readKept, readRun } from './run/journal.ts';
import type { Tools } from './tools.ts';

/** The triages of a server: alerts come in, and events go out. */
export interface Incidents {
  readonly principal: string;
  /** Opens a run for each firing alert, or joins the one that is open for it. Throws AlertError, ToolError. */
  alert(body: unknown): Promise<readonly { readonly run: string; readonly joined: boolean }[]>;
  follow: Feed['follow'];
  last: Feed['last'];
  page: Feed['page'];
  /** What the models and gates of a run looked at. Throws ToolError('not_found'). */
  kept(run: string): Promise<KeptOfRun>;
  close(): Promise<void>;
}

/** Opens them under the principal of the tools, and takes up what an earlier process left. */
export async function openIncidents(
  stackward: Stackward,
  { tools, report }: { readonly tools: Tools; report(message: string): void },
): Promise<Incidents & { readonly desk: TriageDesk }> {
  const dir = join(stackward.dataDir, 'triage');
  const feed = await openFeed(dir);
  await takeInMissed(join(dir, 'runs'), feed);
  const desk = openTriage(stackward, {
    tools,
    tell: (event) => void feed.add(event).catch(() => report('the feed of events cannot be written')),
  });
  await desk.resume();
  return {
    principal: tools.principal,
    desk,
    async alert(body) {
      const alerts = readAlerts(body, stackward.catalogs.graph(), Date.now());
      const opened = await Promise.all(alerts.map((one) => desk.open(one)));
      return opened.map(({ run, joined }) => ({ run, joined }));
    },
    follow: feed.follow,
    last: feed.last,
    page: feed.page,
    kept: (run) => readKept(join(dir, 'runs'), run),
    async close() {
      await desk.close();
      await feed.close();
    },
  };
}

/** What a run stored and no feed told, because the process ended in between. */
async function takeInMissed(dir: string, feed: Feed): Promise<void> {
  const runs = await openRunJournals(dir).list();
  const events = (await Promise.all(runs.map((run) => readRun(dir, run)))).flat();
  for (const event of events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.seq - b.seq)))
    await feed.add(event);
}
