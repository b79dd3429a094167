import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Shipping } from '../audit/ship/ship.ts';
import { SKIP_REASONS } from '../audit/ship/tally.ts';
import type { Meter } from '../call/meter.ts';
import type { Stackward } from '../stackward.ts';
import type { ErrorCode } from '../toolset/errors.ts';

/** Counters of one process, in the text format of Prometheus. */
export interface Metrics {
  /** For `assemble`: counts calls as they end. */
  readonly meter: Meter;
  readonly registry: Registry;
  /** Reads audit and breakers of a running Stackward whenever the metrics are scraped. */
  observe(stackward: Stackward): void;
  /** Reads how many sessions are open whenever the metrics are scraped. */
  observeSessions(count: () => number): void;
  /** Reads how far the audit is shipped whenever the metrics are scraped. */
  observeShipping(shipping: Pick<Shipping, 'status'>): void;
  /** Counts a request that HTTP refused before it became a call. */
  refuseRequest(reason: string): void;
}

/** Codes of calls whose tool name was the caller's own invention, or may have been: it must not become a label. */
const UNPROVEN: ReadonlySet<ErrorCode> = new Set([
  'unknown_tool',
  'unauthenticated',
  'audit_unavailable',
  'internal',
]);
const BREAKER_STATES = { closed: 0, half_open: 1, open: 2 } as const;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name: `stackward_${name}`, help, labelNames, registers });
  const calls = counter('calls_total', 'Calls that ended, by tool and outcome', ['tool', 'outcome']);
  const errors = counter('call_errors_total', 'Calls that ended in an error, by its code', ['code']);
  const refusals = counter('gate_refusals_total', 'Writes that a rule of the gate refused', ['rule']);
  const requests = counter('http_refused_total', 'HTTP requests refused before they became a call', [
    'reason',
  ]);
  const latency = new Histogram({
    name: 'stackward_call_duration_seconds',
    help: 'From the arrival of a call to its answer',
    labelNames: ['outcome'] as const,
    buckets: SECONDS,
    registers,
  });

  return {
    registry,
    meter: {
      count({ toolName }, { outcome, error, refusedRules = [] }, durationMs) {
        calls.inc({ tool: error && UNPROVEN.has(error.code) ? 'unproven' : toolName, outcome });
        latency.observe({ outcome }, durationMs / 1000);
        if (error) errors.inc({ code: error.code });
        for (const rule of refusedRules) refusals.inc({ rule });
      },
    },
    refuseRequest: (reason) => requests.inc({ reason }),
    observe: (stackward) => observeStackward(registers, stackward),
    observeSessions: (count) => {
      gauge(registers, 'http_sessions', 'Open sessions of protocol revision 2025-11-25', count);
    },
    observeShipping: (shipping) => observeShipping(registers, shipping),
  };
}

function observeStackward(registers: Registry[], { audit, breakers, catalogs }: Stackward): void {
  const status = () => audit.status();
  gauge(registers, 'audit_writable', '1 while the audit can be written', () => (status().writable ? 1 : 0));
  gauge(registers, 'audit_last_sequence', 'Sequence number of the last record', () => status().lastSeq);
  gauge(
    registers,
    'audit_lag_seconds',
    'Age of the oldest record that is not durable yet',
    () => status().lagMs / 1000,
  );
  gauge(
    registers,
    'topology_components',
    'Components of the topology in force',
    () => catalogs.graph().components.size,
  );
  gauge(registers, 'topology_links', 'Links of the topology in force', () => catalogs.graph().links.length);
  new Gauge({
    name: 'stackward_topology_info',
    help: '1 for the topology that this process works under, by the beginning of its hash',
    labelNames: ['hash'] as const,
    registers,
    collect() {
      this.reset();
      this.set({ hash: catalogs.graph().hash.slice(0, 12) }, 1);
    },
  });
  new Gauge({
    name: 'stackward_breaker_state',
    help: 'Breaker of a component: 0 closed, 1 half open, 2 open',
    labelNames: ['component'] as const,
    registers,
    collect() {
      this.reset();
      for (const [component, state] of breakers.states()) this.set({ component }, BREAKER_STATES[state]);
    },
  });
}

function observeShipping(registers: Registry[], shipping: Pick<Shipping, 'status'>): void {
  const name = (end: string) => `stackward_audit_shipping_${end}`;
  gauge(
    registers,
    'audit_shipping_active',
    '1 where this process ships the audit, of those that share it',
    () => (shipping.status().isActive ? 1 : 0),
  );
  gauge(
    registers,
    'audit_shipping_behind_seconds',
    'Age of the oldest record that is not shipped yet; 0 where another process ships',
    () => shipping.status().behindMs / 1000,
  );
  const total = (end: string, help: string, read: () => number) =>
    new Counter({
      name: name(end),
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  total('records_total', 'Records that Loki took', () => shipping.status().shipped);
  total(
    'refused_batches_total',
    'Requests in which Loki refused a record',
    () => shipping.status().refusedRequests,
  );
  new Counter({
    name: name('skipped_records_total'),
    help: 'Records that are not in Loki and never will be, by why',
    labelNames: ['reason'] as const,
    registers,
    collect() {
      this.reset();
      const { skipped } = shipping.status();
      // Each reason is there from the beginning: a rise from nothing is none to Prometheus.
      for (const reason of SKIP_REASONS) this.inc({ reason }, skipped.get(reason) ?? 0);
    },
  });
}

function gauge(registers: Registry[], name: string, help: string, read: () => number): void {
  new Gauge({
    name: `stackward_${name}`,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}
