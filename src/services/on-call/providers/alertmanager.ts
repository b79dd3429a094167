import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { HttpClient } from '../../../toolset/http/client.ts';
import { isInScope, type ScopeLabels } from '../../../toolset/label-scope.ts';
import { inertPage, type Page } from '../page.ts';
import type { OnCallReader, OnCallWriter, OpenPage } from '../provider.ts';

const ALERT_NAME = 'StackwardPage';
/** Alertmanager ends an alert by itself after a while; a page that nobody resolved stays for a day. */
const LASTS_MS = 24 * 3_600_000;

/** An end that is not past by the server's clock does not count, so it is said again. */
const MOST_ATTEMPTS = 3;

const Texts = z.record(z.string(), z.string());
const Alert = z.object({
  labels: Texts,
  annotations: Texts,
  startsAt: z.string(),
  status: z.object({ state: z.enum(['active', 'suppressed', 'unprocessed']) }),
});
type Alert = z.output<typeof Alert>;

/** Pages as alerts of one Alertmanager. @see https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
interface Place {
  readonly http: HttpClient;
  /** The topology's labels, on every page and on all that is read. */
  readonly labels: ScopeLabels;
}

export const alertmanagerReader = (place: Place): OnCallReader => ({
  async status(most, signal) {
    const open = (await read(place, {}, signal)).slice(0, most + 1).map(viewOf);
    return { provider: 'alertmanager', known_from: 'provider', open };
  },
});

/** @param alone keeps two calls with one key apart */
export function alertmanagerWriter(
  place: Place,
  alone: <R>(key: string, work: () => Promise<R>) => Promise<R>,
): OnCallWriter {
  const find = (key: string, signal: AbortSignal) => read(place, { stackward_key: key }, signal);
  const close = async (key: string, signal: AbortSignal) => {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const open = await find(key, signal);
      if (open.length === 0) return;
      for (const alert of open) await post(place, endedNow(alert), signal);
    }
    if ((await find(key, signal)).length > 0)
      throw new ToolError(
        'outcome_unknown',
        `the page ${key} still shows; compare the clocks of both machines`,
      );
  };
  return {
    isOpen: async (key, signal) => (await find(key, signal)).length > 0,
    isOver: async (key, signal) => (await find(key, signal)).length === 0,
    page: (page, signal) =>
      alone(page.key, async () => {
        if ((await find(page.key, signal)).length > 0) return 'already_open';
        await post(place, alertOf(page, place.labels), signal);
        return 'sent';
      }),
    async resolve(key, _by, signal) {
      const open = await find(key, signal);
      if (open.length === 0)
        throw new ToolError('not_found', `no page of the key ${key} is open; ask oncall_status`);
      await close(key, signal);
    },
    async withdraw(page, signal) {
      const open = await find(page.key, signal);
      if (open.length === 0) return;
      const sent = alertOf(page, place.labels);
      if (!open.every((alert) => isSame(alert, sent)))
        throw new ToolError('conflict', `somebody changed the page ${page.key} since; it stays as it is`);
      await close(page.key, signal);
    },
  };
}

/** Open pages with these labels. The server is asked for them alone, and what comes back is checked again. */
async function read({ http, labels }: Place, more: ScopeLabels, signal: AbortSignal): Promise<Alert[]> {
  const wanted = { alertname: ALERT_NAME, ...labels, ...more };
  const query = Object.entries(wanted).map(([name, value]) => ['filter', `${name}=${quote(value)}`] as const);
  const alerts = await http.ask({ method: 'GET', path: ['alerts'], query, answer: z.array(Alert) }, signal);
  return alerts.filter((alert) => isInScope(alert.labels, wanted));
}

const quote = (value: string): string =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

interface Sent {
  readonly labels: ScopeLabels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

const post = ({ http }: Place, alert: Sent, signal: AbortSignal): Promise<unknown> =>
  http.ask(
    { method: 'POST', path: ['alerts'], json: [{ ...alert }], answer: z.unknown(), writes: true },
    signal,
  );

/** With a start: a server that is told the end alone begins the alert at its end. */
function alertOf(page: Page, more: ScopeLabels): Sent {
  const { key, severity, summary, component, details, by } = inertPage(page);
  return {
    labels: { ...more, alertname: ALERT_NAME, severity, component, stackward_key: key },
    annotations: {
      summary,
      ...(details === undefined ? {} : { description: details }),
      asked_by: by.principal,
      call: by.call,
    },
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + LASTS_MS).toISOString(),
  };
}

/** The server wants the end after the start, which may be of this very millisecond. */
const endedNow = ({ labels, annotations, startsAt }: Alert): Sent => {
  const endsAt = new Date(Math.max(Date.now(), Date.parse(startsAt) + 1)).toISOString();
  return { labels, annotations, startsAt, endsAt };
};

const isSame = (a: Pick<Sent, 'labels' | 'annotations'>, b: Pick<Sent, 'labels' | 'annotations'>): boolean =>
  text(a.labels) === text(b.labels) && text(a.annotations) === text(b.annotations);

const text = (fields: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1)));

const viewOf = ({ labels, annotations, startsAt, status }: Alert): OpenPage => ({
  title: annotations.summary ?? '',
  state: status.state === 'suppressed' ? 'silenced' : 'open',
  since: startsAt,
  ...(labels.stackward_key === undefined ? {} : { key: labels.stackward_key }),
});
