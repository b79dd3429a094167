import { ToolError } from '../../../toolset/errors.ts';
import { assertOwn, isRecent, noteSent, type OwnPages, statusOf } from '../own-pages.ts';
import { type OnCallReader, type OnCallWriter, showsNothing } from '../provider.ts';
import type { PagerDutyApi } from './pagerduty-api.ts';
import type { PagerDutyEvents } from './pagerduty-events.ts';

/** PagerDuty works on an event after it accepted it, and shows the incident later. */
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
  const shows = async (key: string, signal: AbortSignal) =>
    api !== undefined && (await api.find(key, signal)) !== undefined;
  const mayShowSoon = (key: string) =>
    own.noted(key) !== undefined && (!api || isRecent(own, key, SHOWS_WITHIN_MS));
  const isOpen = async (key: string, signal: AbortSignal) => mayShowSoon(key) || (await shows(key, signal));
  const close = async (key: string, signal: AbortSignal) => {
    await events.resolve(key, signal);
    own.forget(key);
  };
  return {
    isOpen,
    async isOver(key, signal) {
      if (!api) throw showsNothing();
      return !(await shows(key, signal));
    },
    page: (page, signal) =>
      own.alone(page.key, async () => {
        if (await shows(page.key, signal)) return 'already_open';
        // Our own memory is no reason to call nobody: a human may have resolved it, and PagerDuty drops repetitions.
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
