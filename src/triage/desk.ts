import { randomBytes } from 'node:crypto';
import type { Lease } from '../store/leases.ts';
import type { Stores } from '../store/stores.ts';
import { ToolError } from '../toolset/errors.ts';
import type { Alert } from './backend.ts';
import { openClaims } from './claims.ts';
import type { TriageDeps } from './run/deps.ts';
import { openRunJournals, type RunJournal } from './run/journal.ts';
import { type RunResult, runHardened } from './run-hardened.ts';

/** A run that an alert opened or joined. */
export interface Opened {
  readonly run: string;
  /** The alert had an open run already, and belongs to it now. */
  readonly joined: boolean;
  /** Resolves with its end; undefined where another process works on it. */
  readonly ended: Promise<RunResult> | undefined;
}

export interface TriageDesk {
  /** Opens a run for an alert, or joins the one that is open for it. Resolves before the run ends. */
  open(alert: Alert): Promise<Opened>;
  /** Takes up every run that a process left behind when it ended, and nobody has taken up since. */
  resume(): Promise<readonly Opened[]>;
  /** Stops a run, and resolves once it has ended with a human. False where this process does not work on it. */
  stop(run: string): Promise<boolean>;
  /** Tells every run to stop, and waits until each has come to its end. */
  close(): Promise<void>;
}

/** Most runs at once: more alerts than this at the same time are for a human. */
const MOST_OPEN = 16;

/** What a desk keeps: runs, and which alerts have one. */
export type TriageStores = Pick<Stores, 'runs' | 'documents' | 'leases'>;

/**
 * The triages of one store.
 * @param depsOf asked once for each run, so that a run works with what is drawn when it begins
 */
export function openDesk(stores: TriageStores, depsOf: () => TriageDeps): TriageDesk {
  const journals = openRunJournals(stores.runs());
  const claims = openClaims(stores);
  const running = new Map<string, { readonly ended: Promise<RunResult>; readonly stop: AbortController }>();

  const start = (journal: RunJournal, lease: Lease, deps: TriageDeps): Promise<RunResult> => {
    const stop = new AbortController();
    const ended = runHardened(journal, { ...deps, held: lease }, stop.signal).finally(async () => {
      running.delete(journal.run);
      // The run is over whatever becomes of what is kept of it; a claim that stays is taken over once this process is gone.
      await journal.close().catch(() => undefined);
      await claims.give(journal.alert, lease).catch(() => undefined);
    });
    running.set(journal.run, { ended, stop });
    return ended;
  };
  const open = async (alert: Alert): Promise<Opened> => {
    if (running.size >= MOST_OPEN)
      throw new ToolError('too_busy', `${MOST_OPEN} incidents are open; a human has to look at this one`);
    const deps = depsOf();
    const claim = await claims.take(alert, newId(deps.backend.now()));
    const { run } = claim;
    if (!claim.isOurs) return { run, joined: true, ended: running.get(run)?.ended };
    try {
      const isKnown = (await journals.list()).includes(run);
      const journal = isKnown
        ? await journals.resume(run, claim)
        : await journals.begin(run, alert, deps.backend.now(), claim);
      return { run, joined: isKnown, ended: start(journal, claim.lease, deps) };
    } catch (error) {
      // Whoever looks next takes the run up, or tells again why nobody can.
      await claim.lease.release().catch(() => undefined);
      throw error;
    }
  };
  return {
    open,
    resume: async () => {
      const left = (await claims.list()).filter(({ run }) => !running.has(run));
      const opened = await Promise.all(left.map(({ alert }) => open(alert)));
      return opened.filter(({ ended }) => ended !== undefined);
    },
    async stop(run) {
      const found = running.get(run);
      found?.stop.abort();
      await found?.ended;
      return found !== undefined;
    },
    async close() {
      const open = [...running.values()];
      for (const { stop } of open) stop.abort();
      await Promise.allSettled(open.map(({ ended }) => ended));
    },
  };
}

const newId = (now: number): string => `i-${now.toString(36)}-${randomBytes(4).toString('hex')}`;
