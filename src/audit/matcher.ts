import type { Outcome, StoredRecord } from './record.ts';
import type { AuditView, CallView } from './views.ts';

/** What to look for; every field that is given must match. */
export interface AuditFilter {
  readonly chain?: string;
  readonly principal?: string;
  readonly tool?: string;
  readonly target?: string;
  readonly outcome?: Outcome | 'open';
  /** JSON-RPC method, such as `tools/call`. */
  readonly method?: string;
  /** Name of an event; leaves calls out. */
  readonly event?: string;
  /** Name of a gate rule that did not pass. */
  readonly rule?: string;
  /** From this moment on. */
  readonly since?: Date;
  /** Before this moment. */
  readonly until?: Date;
  /** Anywhere in one of the records, in any case. */
  readonly text?: string;
  readonly call?: string;
  /** Sequence number of the request, the response or the event. */
  readonly seq?: number;
}

/** Whether a call or an event is what the filter asks for; the chain is for whoever reads it. */
export function matcher(filter: AuditFilter): (view: AuditView) => boolean {
  const text = filter.text?.toLowerCase();
  const since = filter.since?.toISOString();
  const until = filter.until?.toISOString();
  return (view) =>
    is(filter.principal, view.principal) &&
    (since === undefined || view.time >= since) &&
    (until === undefined || view.time < until) &&
    (filter.seq === undefined || recordsOf(view).some(({ seq }) => seq === filter.seq)) &&
    (view.kind === 'event' ? isEvent(filter, view.record.event) : isCall(filter, view)) &&
    (text === undefined ||
      recordsOf(view).some((record) => JSON.stringify(record).toLowerCase().includes(text)));
}

const is = (wanted: string | undefined, found: string | undefined) =>
  wanted === undefined || wanted === found;

const CALL_FILTERS = ['tool', 'target', 'outcome', 'method', 'rule', 'call'] as const;

const isEvent = (filter: AuditFilter, event: string) =>
  is(filter.event, event) && CALL_FILTERS.every((field) => filter[field] === undefined);

const isCall = (filter: AuditFilter, view: CallView) =>
  filter.event === undefined &&
  is(filter.tool, view.tool) &&
  is(filter.target, view.target) &&
  is(filter.outcome, view.outcome) &&
  is(filter.method, view.method) &&
  is(filter.call, view.call) &&
  (filter.rule === undefined || view.refusedRules.includes(filter.rule));

const recordsOf = (view: AuditView): readonly StoredRecord[] =>
  view.kind === 'event' ? [view.record] : [view.request, ...(view.response ? [view.response] : [])];
