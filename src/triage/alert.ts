import { z } from 'zod';
import type { Graph } from '../topology/graph.ts';
import type { Alert } from './backend.ts';
import { Signals } from './contracts.ts';
import { createRedactor } from './redact/redact.ts';

/** One alert of what Alertmanager sends to a webhook; fields that a triage does not read are left alone. */
const Sent = z.looseObject({
  status: z.enum(['firing', 'resolved']).default('firing'),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
  startsAt: z.iso.datetime({ offset: true }).optional(),
});

/** @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const Webhook = z.looseObject({ alerts: z.array(Sent).min(1).max(64) });

/** Labels that may name the component, in the order in which they are looked at. */
const COMPONENT_LABELS = ['component', 'service', 'app', 'deployment', 'job'] as const;
const MOST_WORDS = 1_000;

/** An alert that cannot be worked on; says what would be accepted. */
export class AlertError extends Error {
  override readonly name = 'AlertError';
}

/**
 * Reads an alert: our own form, one of Alertmanager's, or a whole webhook body, of which resolved ones are left out.
 * Those of a group that name no component of the topology are left out too. Throws AlertError where none is left.
 */
export function readAlerts(value: unknown, graph: Graph, now: number): readonly Alert[] {
  const own = Signals.shape.alert.safeParse(value);
  if (own.success) return [cleanAlert(own.data, graph)];
  const webhook = Webhook.safeParse(value);
  const single = Sent.safeParse(value);
  const sent = webhook.success ? webhook.data.alerts : single.success ? [single.data] : undefined;
  if (!sent)
    throw new AlertError(
      'an alert is {name, component, summary, at} or what Alertmanager sends: {alerts: [{labels, annotations, startsAt}]}',
    );
  const firing = sent.filter(({ status }) => status === 'firing');
  const read = firing.map((one) => asAlert(() => fromSent(one, graph, now)));
  const alerts = read.flatMap((one) => (one instanceof AlertError ? [] : [one]));
  const [wrong] = read.flatMap((one) => (one instanceof AlertError ? [one] : []));
  // Alertmanager groups alerts: one that is not of this stack must not keep the others out.
  if (alerts.length === 0 && wrong) throw wrong;
  return alerts;
}

function asAlert(read: () => Alert): Alert | AlertError {
  try {
    return read();
  } catch (error) {
    if (error instanceof AlertError) return error;
    throw error;
  }
}

function fromSent(
  { labels, annotations, startsAt }: z.output<typeof Sent>,
  graph: Graph,
  now: number,
): Alert {
  const component = COMPONENT_LABELS.map((label) => labels[label]).find(
    (name) => name !== undefined && graph.components.has(name),
  );
  if (component === undefined)
    throw new AlertError(
      `none of the alert's labels ${COMPONENT_LABELS.join(', ')} names a component of the topology`,
    );
  const { alertname = 'alert', metric } = labels;
  return cleanAlert(
    {
      name: alertname,
      component,
      ...(metric === undefined ? {} : { metric }),
      summary: annotations.summary ?? annotations.description ?? alertname,
      at: new Date(startsAt ?? now).toISOString(),
    },
    graph,
  );
}

/** An alert of a component that there is, without secrets in its words. Throws AlertError. */
export function cleanAlert(alert: Alert, graph: Graph): Alert {
  if (!graph.components.has(alert.component))
    throw new AlertError(`the topology has no component '${alert.component.slice(0, 100)}'`);
  if (Number.isNaN(Date.parse(alert.at))) throw new AlertError('at: a time such as 2026-03-03T10:00:00Z');
  // An alert opens the run and stands in its first line, so it is cleaned before anything is stored.
  const redactor = createRedactor();
  return {
    ...alert,
    name: redactor.text(alert.name).slice(0, 200),
    summary: redactor.text(alert.summary).slice(0, MOST_WORDS),
  };
}
