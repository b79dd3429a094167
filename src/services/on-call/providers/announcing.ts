import { assertOwn, type Incidents, incidentOf, isRecent, noteSent, type OwnPages } from '../own-pages.ts';
import type { Asker, Page } from '../page.ts';
import { type OnCallWriter, showsNothing } from '../provider.ts';

/** So long a key counts as said. After that a page that nobody closed here may be over, and somebody must be called. */
const SAID_FOR_MS = 3_600_000;

/** A provider that is told things and shows nothing. */
export interface Announcer {
  /** The receiver drops what it was told before, so that it is told again rather than not at all. */
  readonly dropsRepeats: boolean;
  /** @param incident is another one once a page of the same key was closed, so that it is no repetition */
  page(page: Page, incident: string, signal: AbortSignal): Promise<void>;
  /** Says what became of a page that was announced before. */
  follow(followed: Followed, by: Asker, signal: AbortSignal): Promise<void>;
}

export interface Followed {
  readonly event: 'resolve' | 'withdraw';
  readonly key: string;
  readonly incident: string;
}

/** Pages as announcements: what is open is what this process announced and did not close. */
export function announcingWriter(announcer: Announcer, own: OwnPages, incidents: Incidents): OnCallWriter {
  const follow = async (event: Followed['event'], key: string, by: Asker, signal: AbortSignal) => {
    const incident = incidents.noted(key)?.call ?? by.call;
    await announcer.follow({ event, key, incident }, by, signal);
    own.forget(key);
    incidents.forget(key);
  };
  return {
    isOpen: async (key) => own.noted(key) !== undefined,
    isOver: () => Promise.reject(showsNothing()),
    page: (page, signal) =>
      own.alone(page.key, async () => {
        if (!announcer.dropsRepeats && isRecent(own, page.key, SAID_FOR_MS)) return 'already_open';
        await announcer.page(page, incidentOf(incidents, page), signal);
        noteSent(own, page);
        return 'sent';
      }),
    resolve: (key, by, signal) => follow('resolve', key, by, signal),
    async withdraw(page, signal) {
      assertOwn(own, page);
      await follow('withdraw', page.key, page.by, signal);
    },
  };
}
