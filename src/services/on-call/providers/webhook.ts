import type { JsonValue } from '../../../toolset/define.ts';
import { assertOwn, noteSent, type OwnPages } from '../own-pages.ts';
import { type Asker, inertPage, type Page } from '../page.ts';
import type { OnCallWriter } from '../provider.ts';

/** Posts one event under its idempotency key. */
export type PostEvent = (event: JsonValue, key: string, signal: AbortSignal) => Promise<void>;

/** Pages as JSON events, whose receiver drops what it has seen by the idempotency key. */
export function webhookWriter(post: PostEvent, own: OwnPages): OnCallWriter {
  const close = async (event: 'resolve' | 'withdraw', key: string, by: Asker, signal: AbortSignal) => {
    await post({ version: 1, event, key, by: { ...by } }, `stackward:${event}:${key}`, signal);
    own.forget(key);
  };
  return {
    isOpen: async (key) => own.noted(key) !== undefined,
    page: (page, signal) =>
      own.alone(page.key, async () => {
        if (own.noted(page.key)) return 'already_open';
        await post(pageEvent(page), `stackward:page:${page.key}`, signal);
        noteSent(own, page);
        return 'sent';
      }),
    resolve: (key, by, signal) => close('resolve', key, by, signal),
    async withdraw(page, signal) {
      assertOwn(own, page);
      await close('withdraw', page.key, page.by, signal);
    },
  };
}

function pageEvent(page: Page): JsonValue {
  const { key, severity, summary, component, details = null, by } = inertPage(page);
  return { version: 1, event: 'page', key, severity, summary, component, details, by: { ...by } };
}
