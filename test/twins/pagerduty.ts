import {
  fieldsOf,
  type HttpTwin,
  queryOf,
  Strange,
  startHttpTwin,
  type TwinAnswer,
  textOf,
} from './http-twin.ts';

/**
 * TWIN of PagerDuty: the Events API v2 (`/v2/enqueue`) and the reading part of the REST API v2 for one account.
 *
 * - https://developer.pagerduty.com/docs/send-alert-event
 * - https://developer.pagerduty.com/api-reference (list incidents, get a service, list on-calls)
 */
export interface PagerDutyTwin extends HttpTwin {
  readonly incidents: readonly Incident[];
  /** Times that people were called. */
  calls(): number;
  /** Opens an incident as another tool, or on another service. */
  openOther(key: string, service?: string): void;
  acknowledge(key: string): void;
  resolve(key: string): void;
  /** Accepts events and shows what they did only after `settle`. */
  lag(): void;
  settle(): void;
}

export interface Incident {
  readonly key: string;
  readonly service: string;
  readonly title: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
}

export const ROUTING_KEY = 'R0123456789ABCDEF0123456789ABCDE';
export const API_TOKEN = 'y_NbAkKc66ryYTWUXYEu';
export const SERVICE = 'PIJ90N7';
const POLICY = 'PANZZEQ';

const SEVERITIES = ['critical', 'error', 'warning', 'info'];
const CREATED = '2026-01-01T00:00:00Z';

export async function startPagerDutyTwin(): Promise<PagerDutyTwin> {
  const incidents: Incident[] = [];
  let calls = 0;
  let waiting: (() => void)[] | undefined;
  const openOf = (key: string) => incidents.find((one) => one.key === key && one.status !== 'resolved');
  const set = (key: string, status: Incident['status']) => {
    const found = openOf(key);
    if (found) found.status = status;
  };
  const open = (key: string, title: string, service = SERVICE) => {
    if (openOf(key)) return;
    incidents.unshift({ key, service, title, status: 'triggered' });
    calls += 1;
  };

  function enqueue(json: unknown): TwinAnswer {
    const event = fieldsOf(json, ['routing_key', 'event_action', 'dedup_key', 'client', 'payload']);
    if (event.routing_key !== ROUTING_KEY) {
      const errors = ["Length of 'routing_key' is incorrect (should be 32 characters)"];
      return { status: 400, json: { status: 'invalid event', message: 'Event object is invalid', errors } };
    }
    const key = textOf(event.dedup_key, 255);
    const act = actOf(event, key);
    if (waiting) waiting.push(act);
    else act();
    return { status: 202, json: { status: 'success', message: 'Event processed', dedup_key: key } };
  }
  function actOf(event: Record<string, unknown>, key: string): () => void {
    if (event.event_action === 'resolve') {
      if (event.payload !== undefined) throw new Strange('a resolve event has no payload');
      return () => set(key, 'resolved');
    }
    if (event.event_action !== 'trigger') throw new Strange(`event_action ${event.event_action}`);
    const payload = fieldsOf(event.payload, ['summary', 'source', 'severity', 'component', 'custom_details']);
    const title = textOf(payload.summary, 1024);
    textOf(payload.source, 1024);
    if (!SEVERITIES.includes(String(payload.severity))) throw new Strange('severity');
    fieldsOf(payload.custom_details, ['details', 'asked_by', 'call']);
    return () => open(key, title);
  }

  const twin = await startHttpTwin(['authorization'], (request) => {
    const { method, path, json, headers } = request;
    if (method === 'POST' && path === '/v2/enqueue') {
      if (headers.authorization !== undefined) throw new Strange('the Events API takes no Authorization');
      return enqueue(json);
    }
    if (method !== 'GET') throw new Strange('unknown request');
    if (headers.accept !== 'application/vnd.pagerduty+json;version=2') throw new Strange('accept');
    if (headers.authorization !== `Token token=${API_TOKEN}`)
      return { status: 401, json: { error: { message: 'Unauthorized', code: 2006 } } };
    if (path === '/incidents') {
      const get = queryOf(request, ['service_ids[]', 'statuses[]', 'date_range', 'limit', 'incident_key']);
      const [key] = get('incident_key');
      const found = incidents.filter(
        (one) =>
          get('service_ids[]').includes(one.service) &&
          get('statuses[]').includes(one.status) &&
          (key === undefined || one.key === key),
      );
      return { status: 200, json: listed('incidents', found.map(shown), get('limit')) };
    }
    if (path === `/services/${SERVICE}`) {
      queryOf(request, []);
      const escalation_policy = { id: POLICY, type: 'escalation_policy_reference', summary: 'Shop' };
      return { status: 200, json: { service: { id: SERVICE, name: 'Shop', escalation_policy } } };
    }
    if (path === '/oncalls') {
      const get = queryOf(request, ['escalation_policy_ids[]', 'limit']);
      const found = get('escalation_policy_ids[]').includes(POLICY) ? ONCALLS : [];
      return { status: 200, json: listed('oncalls', found, get('limit')) };
    }
    throw new Strange('unknown path');
  });
  return {
    ...twin,
    incidents,
    calls: () => calls,
    openOther: (key, service) => open(key, 'of another tool', service),
    acknowledge: (key) => set(key, 'acknowledged'),
    resolve: (key) => set(key, 'resolved'),
    lag: () => {
      waiting = [];
    },
    settle: () => {
      for (const act of waiting ?? []) act();
      waiting = undefined;
    },
  };
}

const listed = (name: string, found: readonly unknown[], [limit = '25']: string[]) => {
  if (!/^([1-9]|[1-9]\d|100)$/.test(limit)) throw new Strange(`limit ${limit}`);
  const shown = found.slice(0, Number(limit));
  return { [name]: shown, limit: Number(limit), offset: 0, total: null, more: found.length > shown.length };
};

const shown = ({ key, service, title, status }: Incident, index: number) => ({
  id: `Q${index}`,
  type: 'incident',
  incident_number: index + 1,
  title,
  status,
  created_at: CREATED,
  incident_key: key,
  urgency: 'high',
  service: { id: service, type: 'service_reference', summary: 'Shop' },
});

const duty = (summary: string, escalation_level: number, end: string | null, id = POLICY) => ({
  escalation_policy: { id, type: 'escalation_policy_reference' },
  escalation_level,
  schedule: null,
  user: { id: 'PXPGF42', type: 'user_reference', summary },
  start: end === null ? null : CREATED,
  end,
});
const ONCALLS = [
  duty('Grace', 2, null),
  duty('Ada', 1, '2026-01-08T00:00:00Z'),
  duty('Somebody of finance', 1, null, 'POTHER1'),
];
