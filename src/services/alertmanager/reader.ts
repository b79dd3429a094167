import type { HttpClient } from '../../toolset/http/client.ts';
import { isInScope, type ScopeLabels } from '../../toolset/label-scope.ts';
import { type Alert, Alerts, type Group, Groups, Receivers, type Silence, Silences, Status } from './api.ts';
import { filtersOf, isConfined } from './matcher.ts';

/** Which alerts are asked for, besides the scope. */
export interface AlertQuery {
  /** Matchers in the API's own form; each narrows further. */
  readonly filters: readonly string[];
  /** The exact name of a receiver. */
  readonly receiver?: string | undefined;
}

/** An Alertmanager's HTTP API, reading alone. Everything it gives lies within the scope that it is asked for. */
export interface AmReader {
  alerts(scope: ScopeLabels, query: AlertQuery, signal: AbortSignal): Promise<readonly Alert[]>;
  /** Groups with their alerts in scope; one that has none in it does not appear. */
  groups(scope: ScopeLabels, query: AlertQuery, signal: AbortSignal): Promise<readonly Group[]>;
  /** Silences that can only silence alerts in scope, expired ones included. */
  silences(scope: ScopeLabels, signal: AbortSignal): Promise<readonly Silence[]>;
  /** The names of the receivers, whatever the scope. */
  receivers(signal: AbortSignal): Promise<readonly string[]>;
  status(signal: AbortSignal): Promise<Status>;
}

/** Makes a reader. The scope is sent as a filter, and what comes back is checked again, since a proxy may drop it. */
export const createReader = (http: HttpClient): AmReader => ({
  async alerts(scope, query, signal) {
    const request = {
      method: 'GET',
      path: ['alerts'],
      query: pairsOf(scope, query),
      answer: Alerts,
    } as const;
    return (await http.ask(request, signal)).filter(({ labels }) => isInScope(labels, scope));
  },
  async groups(scope, query, signal) {
    const path = ['alerts', 'groups'];
    const groups = await http.ask(
      { method: 'GET', path, query: pairsOf(scope, query), answer: Groups },
      signal,
    );
    return groups.map((group) => within(group, scope)).filter(({ alerts }) => alerts.length > 0);
  },
  silences: (scope, signal) => listSilences(http, scope, signal),
  async receivers(signal) {
    const receivers = await http.ask({ method: 'GET', path: ['receivers'], answer: Receivers }, signal);
    return receivers.map(({ name }) => name);
  },
  status: (signal) => http.ask({ method: 'GET', path: ['status'], answer: Status }, signal),
});

/** The silences within a scope, as reader and writer see them. */
export async function listSilences(
  http: HttpClient,
  scope: ScopeLabels,
  signal: AbortSignal,
): Promise<readonly Silence[]> {
  const query = filtersOf(scope).map((filter) => ['filter', filter] as const);
  const silences = await http.ask({ method: 'GET', path: ['silences'], query, answer: Silences }, signal);
  return silences.filter(({ matchers }) => isConfined(matchers, scope));
}

const pairsOf = (scope: ScopeLabels, { filters, receiver }: AlertQuery): (readonly [string, string])[] => [
  ...[...filtersOf(scope), ...filters].map((filter) => ['filter', filter] as const),
  // The API takes a regular expression here, and anchors it.
  ...(receiver === undefined ? [] : [['receiver', receiver.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')] as const]),
];

/** The part of a group that lies within the scope. Its own labels are kept as far as those alerts carry them too. */
function within(group: Group, scope: ScopeLabels): Group {
  const alerts = group.alerts.filter(({ labels }) => isInScope(labels, scope));
  const labels = Object.entries(group.labels).filter(([name, value]) =>
    alerts.every((alert) => isInScope(alert.labels, { [name]: value })),
  );
  return { receiver: group.receiver, labels: Object.fromEntries(labels), alerts };
}
