import { readRecords } from './read.ts';
import type { Outcome } from './record.ts';
import { type AuditView, type CallView, Pairing } from './views.ts';

/** Clocks are set back at times; a record this much older than asked for ends a search backwards. */
const CLOCK_STEP_MS = 60 * 60 * 1000;

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
  /** Anywhere in the records, in any case. */
  readonly text?: string;
  readonly call?: string;
  /** Sequence number of the request, the response or the event. */
  readonly seq?: number;
}

export interface QueryOptions {
  /** The most views to give; all when left out. */
  readonly limit?: number;
  /** `newest` (by when a call began) unless told otherwise; `oldest` is by when it ended, open calls last. */
  readonly order?: 'newest' | 'oldest';
}

/** Finds calls and events. Streams: only calls whose other half has not come by yet are kept in memory. */
export async function* queryAudit(
  dir: string,
  filter: AuditFilter = {},
  { limit = Number.POSITIVE_INFINITY, order = 'newest' }: QueryOptions = {},
): AsyncGenerator<AuditView> {
  let left = limit;
  if (left <= 0) return;
  for await (const { view, isMatch } of scanAudit(dir, filter, order)) {
    if (!isMatch) continue;
    yield view;
    left -= 1;
    if (left <= 0) return;
  }
}

/** The same, one step for every call and event that is looked at: for who has to stop after a while, or to tell how far it is. */
export async function* scanAudit(
  dir: string,
  filter: AuditFilter = {},
  order: 'newest' | 'oldest' = 'newest',
): AsyncGenerator<{ readonly view: AuditView; readonly isMatch: boolean }> {
  const matches = matcher(filter);
  for await (const view of allViews(dir, filter, order === 'newest')) yield { view, isMatch: matches(view) };
}

async function* allViews(
  dir: string,
  { chain, since }: AuditFilter,
  reverse: boolean,
): AsyncGenerator<AuditView> {
  const pairing = new Pairing();
  const oldest = since ? new Date(since.getTime() - CLOCK_STEP_MS).toISOString() : '';
  for await (const read of readRecords(dir, { reverse, ...(chain !== undefined && { chain }) })) {
    if (reverse && read.record.time < oldest) return;
    const view = pairing.take(read, reverse);
    if (view) yield view;
  }
  yield* pairing.rest();
}

function matcher(filter: AuditFilter): (view: AuditView) => boolean {
  const text = filter.text?.toLowerCase();
  const since = filter.since?.toISOString();
  const until = filter.until?.toISOString();
  return (view) =>
    is(filter.principal, view.principal) &&
    (since === undefined || view.time >= since) &&
    (until === undefined || view.time < until) &&
    (filter.seq === undefined || seqsOf(view).includes(filter.seq)) &&
    (view.kind === 'event' ? isEvent(filter, view.record.event) : isCall(filter, view)) &&
    (text === undefined || JSON.stringify(recordsOf(view)).toLowerCase().includes(text));
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

const recordsOf = (view: AuditView) =>
  view.kind === 'event' ? [view.record] : [view.request, view.response];

const seqsOf = (view: AuditView) => recordsOf(view).map((record) => record?.seq);
