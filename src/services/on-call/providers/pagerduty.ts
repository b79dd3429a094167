import { ToolError } from '../../../toolset/errors.ts';
import { assertOwn, noteSent, type OwnPages, statusOf } from '../own-pages.ts';
import type { OnCallReader, OnCallWriter } from '../provider.ts';
import type { PagerDutyApi } from './pagerduty-api.ts';
import type { PagerDutyEvents } from './pagerduty-events.ts';

/** PagerDuty works on an event after it accepted it, and shows the incident later; until then our own word counts. */
const SHOWS_WITHIN_MS = 60_000;

export const pagerDutyReader = (api: PagerDutyApi | undefined, own: OwnPages): OnCallReader => ({
  status: async (most, signal) => (api ? api.status(most, signal) : statusOf('pagerduty', own)),
});

/** @param api absent where the topology gives no access to it; then only this process' own pages are known */
export function pagerDutyWriter(
  events: PagerDutyEvents,
  api: PagerDutyApi | undefined,
  own: OwnPages,
): OnCallWriter {
  const isOpen = async (key: string, signal: AbortSignal) => {
    const sent = own.noted(key);
    const isNew = sent !== undefined && Date.now() - Date.parse(sent.page.since) < SHOWS_WITHIN_MS;
    if (!api || isNew) return sent !== undefined;
    return (await api.find(key, signal)) !== undefined;
  };
  const close = async (key: string, signal: AbortSignal) => {
    await events.resolve(key, signal);
    own.forget(key);
  };
  return {
    isOpen,
    page: (page, signal) =>
      own.alone(page.key, async () => {
        if (await isOpen(page.key, signal)) return 'already_open';
        await events.trigger(page, signal);
        noteSent(own, page);
        return 'sent';
      }),
    async resolve(key, _by, signal) {
      if (api && !(await isOpen(key, signal)))
        throw new ToolError('not_found', `no page of the key ${key} is open; ask oncall_status`);
      await close(key, signal);
    },
    async withdraw(page, signal) {
      assertOwn(own, page);
      const found = api && (await api.find(page.key, signal));
      if (found?.state === 'acknowledged')
        throw new ToolError('conflict', `somebody acknowledged the page ${page.key}; it stays open`);
      await close(page.key, signal);
    },
  };
}
