import type { JsonValue } from '../../../toolset/define.ts';
import { inertPage, type Page } from '../page.ts';
import type { Announcer } from './announcing.ts';

/** Posts one event under its idempotency key. */
export type PostEvent = (event: JsonValue, key: string, signal: AbortSignal) => Promise<void>;

/** Pages as JSON events, whose receiver drops what it has seen by the idempotency key. */
export const webhookAnnouncer = (post: PostEvent): Announcer => ({
  dropsRepeats: true,
  page: (page, incident, signal) => post(pageEvent(page), `stackward:page:${page.key}:${incident}`, signal),
  follow: ({ event, key, incident }, by, signal) =>
    post({ version: 1, event, key, by: { ...by } }, `stackward:${event}:${key}:${incident}`, signal),
});

function pageEvent(page: Page): JsonValue {
  const { key, severity, summary, component, details = null, by } = inertPage(page);
  return { version: 1, event: 'page', key, severity, summary, component, details, by: { ...by } };
}
