import { assertOwn, isRecent, noteSent, type OwnPages } from '../own-pages.ts';
import type { Asker, Page } from '../page.ts';
import type { OnCallWriter } from '../provider.ts';

/** So long a key counts as said. After that a page that nobody closed here may be over, and somebody must be called. */
const SAID_FOR_MS = 3_600_000;

/** A provider that is told things and shows nothing. */
export interface Announcer {
  /** The receiver drops what it was told before, so that it is told again rather than not at all. */
  readonly dropsRepeats: boolean;
  page(page: Page, signal: AbortSignal): Promise<void>;
  /** Says what became of a page that was announced before. */
  follow(event: 'resolve' | 'withdraw', key: string, by: Asker, signal: AbortSignal): Promise<void>;
}

/** Pages as announcements: what is open is what this process announced and did not close. */
export function announcingWriter(announcer: Announcer, own: OwnPages): OnCallWriter {
  const follow = async (event: 'resolve' | 'withdraw', key: string, by: Asker, signal: AbortSignal) => {
    await announcer.follow(event, key, by, signal);
    own.forget(key);
  };
  return {
    isOpen: async (key) => own.noted(key) !== undefined,
    page: (page, signal) =>
      own.alone(page.key, async () => {
        if (!announcer.dropsRepeats && isRecent(own, page.key, SAID_FOR_MS)) return 'already_open';
        await announcer.page(page, signal);
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
