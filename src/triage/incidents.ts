import type { Stackward } from '../stackward.ts';
import { readAlerts } from './alert.ts';
import type { TriageDesk } from './desk.ts';
import type { RunEvent } from './events.ts';
import { type Feed, openFeed } from './feed.ts';
import { openTriage } from './open-triage.ts';
import type { TriageLimits } from './run/deps.ts';
import { type KeptOfRun, openRunJournals, type RunJournals } from './run/journal.ts';
import type { Tools } from './tools.ts';

const LOOK_MS = 10_000;

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
  {
    tools,
    report,
    limits = {},
  }: { readonly tools: Tools; readonly limits?: Partial<TriageLimits>; report(message: string): void },
): Promise<Incidents & { readonly desk: TriageDesk }> {
  const feed = await openFeed(stackward.stores);
  const journals = openRunJournals(stackward.stores.runs());
  await takeInMissed(journals, feed);
  const desk = openTriage(stackward, {
    tools,
    limits,
    tell: (event) => void feed.add(event).catch(() => report('the feed of events cannot be written')),
  });
  await desk.resume();
  // Another replica may end at any time; what it worked on is taken up by one of the others.
  const looking = setInterval(
    () => void desk.resume().catch(() => report('runs that a replica left cannot be looked for')),
    LOOK_MS,
  ).unref();
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
    kept: journals.kept,
    async close() {
      clearInterval(looking);
      await desk.close();
      await feed.close();
    },
  };
}

/** What a run stored and no feed told, because the process ended in between. */
async function takeInMissed(journals: RunJournals, feed: Feed): Promise<void> {
  const events: RunEvent[] = [];
  for (const run of await journals.list()) events.push(...(await feed.missing(await journals.read(run))));
  for (const event of events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.seq - b.seq)))
    await feed.add(event);
}
