import { z } from 'zod';
import type { Alert } from './api.ts';
import { filterOf, ReadMatcher } from './matcher.ts';
import type { AlertQuery } from './reader.ts';

const Labels = z.record(z.string(), z.string());

/** An alert as the tools show it. Where it was generated is left out: the address holds a query, at times a password. */
export const AlertView = z.strictObject({
  name: z.string(),
  state: z.enum(['active', 'suppressed', 'unprocessed']),
  since: z.string(),
  labels: Labels,
  annotations: Labels,
  receivers: z.array(z.string()),
  silenced_by: z.array(z.string()).optional().describe('Ids of silences'),
  inhibited: z.literal(true).optional(),
});

export const alertView = ({ labels, annotations, startsAt, receivers, status }: Alert) => ({
  name: labels.alertname ?? '',
  state: status.state,
  since: startsAt,
  labels,
  annotations,
  receivers: receivers.map(({ name }) => name),
  ...(status.silencedBy.length > 0 ? { silenced_by: status.silencedBy } : {}),
  ...(status.inhibitedBy.length > 0 ? { inhibited: true as const } : {}),
});

/** What narrows a list of alerts. */
export const alertFields = {
  matchers: z.array(ReadMatcher).max(20).optional(),
  receiver: z.string().min(1).max(500).optional().describe('Exact name of a receiver'),
  state: z.enum(['active', 'silenced', 'inhibited']).optional(),
};
const AlertFields = z.object(alertFields);
type AlertFields = z.output<typeof AlertFields>;

export const queryOf = ({ matchers = [], receiver }: AlertFields): AlertQuery => ({
  filters: matchers.map(filterOf),
  receiver,
});

/** Whether an alert is in the state asked for; one may be both silenced and inhibited. */
export function isIn(state: AlertFields['state'], { status }: Alert): boolean {
  if (state === 'silenced') return status.silencedBy.length > 0;
  if (state === 'inhibited') return status.inhibitedBy.length > 0;
  return state === undefined || status.state === 'active';
}
