import { z } from 'zod';
import type { HttpClient } from '../../../toolset/http/client.ts';
import type { Known, OpenPage } from '../provider.ts';
import { dedupKeyOf } from './pagerduty-events.ts';

const Incident = z.object({
  title: z.string(),
  status: z.enum(['triggered', 'acknowledged', 'resolved']),
  created_at: z.string(),
  incident_key: z.string().nullish(),
  service: z.object({ id: z.string() }),
});
type Incident = z.output<typeof Incident>;
const Incidents = z.object({ incidents: z.array(Incident), more: z.boolean().default(false) });
const Service = z.object({ service: z.object({ escalation_policy: z.object({ id: z.string() }) }) });
const OnCalls = z.object({
  more: z.boolean().default(false),
  oncalls: z.array(
    z.object({
      escalation_policy: z.object({ id: z.string() }),
      escalation_level: z.number().int(),
      user: z.object({ summary: z.string() }),
      end: z.string().nullable(),
    }),
  ),
});
/** Most of one page of the API. */
const PAGE = 100;

/**
 * The reading part of PagerDuty's REST API v2, kept to one service.
 *
 * @see https://developer.pagerduty.com/api-reference
 */
export interface PagerDutyApi {
  status(most: number, signal: AbortSignal): Promise<Known>;
  /** The open incident of a key of Stackward's, if there is one. */
  find(key: string, signal: AbortSignal): Promise<OpenPage | undefined>;
}

export function pagerDutyApi(http: HttpClient, service: string): PagerDutyApi {
  return {
    async status(most, signal) {
      const open = await openOf(http, service, [], most, signal);
      const called = await duty(http, service, signal);
      return {
        provider: 'pagerduty',
        known_from: 'provider',
        open: open.incidents.map(viewOf),
        on_call: called.people,
        more: open.more || called.more,
      };
    },
    async find(key, signal) {
      const wanted = dedupKeyOf(key);
      const { incidents } = await openOf(http, service, [['incident_key', wanted]], 1, signal);
      // PagerDuty finds an incident by the key of its alert as well, and then shows none.
      const found = incidents.find(({ incident_key: shown }) => !shown || shown === wanted);
      return found && viewOf(found);
    },
  };
}

async function openOf(
  http: HttpClient,
  service: string,
  narrow: readonly (readonly [string, string])[],
  most: number,
  signal: AbortSignal,
): Promise<{ incidents: Incident[]; more: boolean }> {
  const query = [
    ['service_ids[]', service],
    ['statuses[]', 'triggered'],
    ['statuses[]', 'acknowledged'],
    ['date_range', 'all'],
    ['limit', String(Math.min(most, PAGE))],
    ...narrow,
  ] as const;
  const { incidents, more } = await http.ask(
    { method: 'GET', path: ['incidents'], query, answer: Incidents },
    signal,
  );
  const open = incidents.filter((one) => one.service.id === service && one.status !== 'resolved');
  return { incidents: open, more };
}

async function duty(http: HttpClient, service: string, signal: AbortSignal) {
  const path = ['services', service];
  const answer = await http.ask({ method: 'GET', path, answer: Service }, signal);
  const { id } = answer.service.escalation_policy;
  const query = [
    ['escalation_policy_ids[]', id],
    ['limit', String(PAGE)],
  ] as const;
  const { oncalls, more } = await http.ask(
    { method: 'GET', path: ['oncalls'], query, answer: OnCalls },
    signal,
  );
  const people = oncalls
    .filter((one) => one.escalation_policy.id === id)
    .sort((a, b) => a.escalation_level - b.escalation_level)
    .map(({ user, escalation_level: level, end }) => ({
      person: user.summary,
      level,
      ...(end === null ? {} : { until: end }),
    }));
  return { people, more };
}

function viewOf({ title, status, created_at: since, incident_key: key }: Incident): OpenPage {
  const own = dedupKeyOf('');
  return {
    title,
    state: status === 'acknowledged' ? 'acknowledged' : 'open',
    since,
    ...(key?.startsWith(own) ? { key: key.slice(own.length) } : {}),
  };
}
