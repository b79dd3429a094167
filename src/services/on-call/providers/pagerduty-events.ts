import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import type { HttpApi, HttpClient } from '../../../toolset/http/client.ts';
import { parseJson } from '../../../toolset/http/failure.ts';
import { inertPage, type Page } from '../page.ts';

const Accepted = z.object({ status: z.literal('success') });
const Refused = z.object({ errors: z.array(z.string()).default([]), message: z.string().default('') });

/**
 * PagerDuty's Events API v2, which takes events and shows nothing. Accepted is not yet paged: it works on events
 * after it answered.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2-overview
 */
export interface PagerDutyEvents {
  trigger(page: Page, signal: AbortSignal): Promise<void>;
  resolve(key: string, signal: AbortSignal): Promise<void>;
}

/** The key at PagerDuty, where other tools may share the integration: what Stackward did not open it cannot close. */
export const dedupKeyOf = (key: string): string => `stackward:${key}`;

/** @param routingKey goes into every event; hand over the client alone that it is meant for */
export function pagerDutyEvents(http: HttpClient, routingKey: string): PagerDutyEvents {
  const send = async (event: Readonly<Record<string, JsonValue>>, signal: AbortSignal) => {
    const json = { routing_key: routingKey, ...event };
    await http.ask({ method: 'POST', path: ['enqueue'], json, answer: Accepted, writes: true }, signal);
  };
  return {
    trigger: (page, signal) => send(triggerOf(inertPage(page)), signal),
    resolve: (key, signal) => send({ event_action: 'resolve', dedup_key: dedupKeyOf(key) }, signal),
  };
}

const triggerOf = ({ key, severity, summary, component, details, by }: Page) => ({
  event_action: 'trigger',
  dedup_key: dedupKeyOf(key),
  client: 'Stackward',
  payload: {
    summary,
    source: component,
    severity,
    component,
    custom_details: { ...(details === undefined ? {} : { details }), asked_by: by.principal, call: by.call },
  },
});

/** What a refusal means. Its words are about the event's form, and may quote the routing key. */
export const eventsFailure: NonNullable<HttpApi['failureOf']> = (status, body) => {
  const refused = Refused.safeParse(parseJson(body));
  if (status !== 400 || !refused.success) return undefined;
  const isKey = /routing.?key/i.test([refused.data.message, ...refused.data.errors].join(' '));
  return isKey
    ? new ToolError('login_failed', 'PagerDuty does not accept the routing key; check routing_key')
    : new ToolError('query_failed', 'PagerDuty found the event wrong');
};
