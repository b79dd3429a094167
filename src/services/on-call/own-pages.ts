import { ToolError } from '../../toolset/errors.ts';
import type { KeyLedger } from '../../toolset/key-ledger.ts';
import type { Page } from './page.ts';
import type { OpenPage, Status } from './provider.ts';

/** A page that this process sent, and the call that sent it. */
export interface OwnPage {
  readonly page: OpenPage;
  readonly call: string;
}

/** The pages that this process sent to one provider and did not close: all that is known where nothing can be read. */
export type OwnPages = KeyLedger<OwnPage>;

export const noteSent = (own: OwnPages, { key, summary, by }: Page): void =>
  own.note(key, {
    page: { key, title: summary, state: 'open', since: new Date().toISOString() },
    call: by.call,
  });

/** Whether a page of the key was sent within so many milliseconds, and not closed since. */
export function isRecent(own: OwnPages, key: string, withinMs: number): boolean {
  const noted = own.noted(key);
  return noted !== undefined && Date.now() - Date.parse(noted.page.since) < withinMs;
}

export const statusOf = (provider: Status['provider'], own: OwnPages): Status => ({
  provider,
  known_from: 'own_pages',
  open: own
    .entries()
    .map(([, { page }]) => page)
    .reverse(),
});

/** So long a page of the same key is the same incident: told again, a receiver that drops repetitions drops it. */
const SAME_FOR_MS = 3_600_000;

/** The call that began an incident, whether or not its answer came, and when. */
export interface Incident {
  readonly call: string;
  readonly begun: number;
}
export type Incidents = KeyLedger<Incident>;

/**
 * Names the incident that a page belongs to, by the call that began it. After an hour a page that nobody closed here
 * may be over, and then somebody must be called.
 */
export function incidentOf(incidents: Incidents, { key, by }: Page): string {
  const noted = incidents.noted(key);
  if (noted && Date.now() - noted.begun < SAME_FOR_MS) return noted.call;
  incidents.note(key, { call: by.call, begun: Date.now() });
  return by.call;
}

/** Throws ToolError('conflict') where another call opened a page of the same key since. */
export function assertOwn(own: OwnPages, { key, by }: Page): void {
  const noted = own.noted(key);
  if (noted && noted.call !== by.call)
    throw new ToolError('conflict', `the page ${key} was opened again by another call; it stays open`);
}
