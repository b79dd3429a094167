import { z } from 'zod';

/** Shapes of the HTTP API v2's answers, as far as they are read. @see https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
const LabelSet = z.record(z.string(), z.string());
export type LabelSet = z.output<typeof LabelSet>;

export const Receiver = z.object({ name: z.string() });
export const Receivers = z.array(Receiver);

export const Alert = z.object({
  labels: LabelSet,
  annotations: LabelSet,
  startsAt: z.string(),
  fingerprint: z.string(),
  receivers: Receivers,
  status: z.object({
    state: z.enum(['active', 'suppressed', 'unprocessed']),
    silencedBy: z.array(z.string()),
    inhibitedBy: z.array(z.string()),
  }),
});
export type Alert = z.output<typeof Alert>;
export const Alerts = z.array(Alert);

export const Group = z.object({ labels: LabelSet, receiver: Receiver, alerts: Alerts });
export type Group = z.output<typeof Group>;
export const Groups = z.array(Group);

/** A matcher of a silence. Servers before 0.22 know no `isEqual`, where it is always true. */
export const SilenceMatcher = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean(),
  isEqual: z.boolean().default(true),
});
export type SilenceMatcher = z.output<typeof SilenceMatcher>;

/** What a silence is made of, and all that is needed to make it again. Times are RFC 3339. */
export const SilenceContent = z.object({
  matchers: z.array(SilenceMatcher).min(1),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  createdBy: z.string(),
  comment: z.string(),
  /** Known to newer servers alone. */
  annotations: LabelSet.default({}),
});
export type SilenceContent = z.output<typeof SilenceContent>;

export const Silence = SilenceContent.extend({
  id: z.string(),
  status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
});
export type Silence = z.output<typeof Silence>;
export const Silences = z.array(Silence);

export const Created = z.object({ silenceID: z.string().min(1) });

/** The status without the configuration, which names other teams' routes and may hold what nobody should read. */
export const Status = z.object({
  uptime: z.string(),
  versionInfo: z.object({ version: z.string(), revision: z.string().optional() }),
  cluster: z.object({
    name: z.string().optional(),
    status: z.string(),
    peers: z.array(z.object({ name: z.string(), address: z.string() })).nullish(),
  }),
});
export type Status = z.output<typeof Status>;
