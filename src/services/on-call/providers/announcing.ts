import { assertOwn, noteSent, type OwnPages } from '../own-pages.ts';
import type { Asker, Page } from '../page.ts';
import type { OnCallWriter } from '../provider.ts';

/** A provider that is told things and shows nothing. */
export interface Announcer {
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
        if (own.noted(page.key)) return 'already_open';
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
