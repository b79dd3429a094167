import { ToolError } from '../../toolset/errors.ts';
import { transportFailure } from '../../toolset/http/failure.ts';
import { readBounded } from '../../toolset/http/read-bounded.ts';
import type { Entry } from './entry.ts';
import type { LokiPlace } from './loki-place.ts';

/** How long one request may take, in milliseconds. */
const DEADLINE_MS = 10_000;
const MOST_ANSWER = 64 * 1024;

/** Why Loki does not take a record, as far as it says so in words that are known. */
export const REASONS = ['too_old', 'too_new', 'too_long', 'too_far_behind', 'too_large', 'other'] as const;
export type Reason = (typeof REASONS)[number];

/** What became of a request. */
export type Pushed =
  | { readonly outcome: 'taken' }
  /** Something in it was not taken; the rest of it may have been. Before `oldest`, in milliseconds, nothing is taken. */
  | {
      readonly outcome: 'refused';
      readonly reason: Reason;
      readonly status: number;
      readonly oldest?: number;
    }
  /** The same may be taken later. `why` holds nothing of the request or the answer. */
  | { readonly outcome: 'later'; readonly why: string };

/** Pushes some records of one chain. */
export type Push = (chain: string, entries: readonly Entry[], signal: AbortSignal) => Promise<Pushed>;

/**
 * The words of Loki's own checks of one entry, in `pkg/validation/validate.go` and `pkg/chunkenc/interface.go`.
 * What is not here may be about the request as a whole.
 */
const WORDS: readonly (readonly [Reason, RegExp])[] = [
  ['too_old', /has timestamp too old/],
  ['too_new', /has timestamp too new/],
  ['too_long', /Max entry size '\d+' bytes exceeded/],
  ['too_far_behind', /entry (too far behind|out of order)/],
];
const OLDEST = /has timestamp too old: [^\s,]+, oldest acceptable timestamp is: ([\dT:.Z+-]+)/;

/**
 * Pushes to `POST /loki/api/v1/push` as JSON, https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs.
 * Only 204 means that it was taken: an ingestion that is blocked answers 260 or 200.
 * @param stack names the stack in the labels
 */
export const pushTo =
  (place: LokiPlace, stack: () => string): Push =>
  async (chain, entries, signal) => {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    try {
      const response = await fetch(place.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await place.headers()) },
        body: bodyOf({ job: 'stackward-audit', stack: stack(), chain }, entries),
        // Followed, it would carry the records, and maybe the token, to a host that nobody named.
        redirect: 'manual',
        signal: ends,
      });
      const text = await readBounded(response, MOST_ANSWER, 'it should answer with few words');
      return meaningOf(response.status, text);
    } catch (error) {
      return { outcome: 'later', why: whyNot(error, ends) };
    }
  };

function bodyOf(labels: Readonly<Record<string, string>>, entries: readonly Entry[]): string {
  const streams = [...new Set(entries.map(({ kind }) => kind))].map((kind) => {
    const values = entries.filter((entry) => entry.kind === kind).map(({ value }) => value);
    return `{"stream":${JSON.stringify({ ...labels, kind })},"values":[${values.join(',')}]}`;
  });
  return `{"streams":[${streams.join(',')}]}`;
}

function meaningOf(status: number, text: string): Pushed {
  if (status === 204) return { outcome: 'taken' };
  if (status === 413) return { outcome: 'refused', reason: 'too_large', status };
  if (status !== 400) return { outcome: 'later', why: WHY[status] ?? whyStatus(status) };
  const reason = WORDS.find(([, words]) => words.test(text))?.[0] ?? 'other';
  const oldest = Date.parse(OLDEST.exec(text)?.[1] ?? '');
  return { outcome: 'refused', reason, status, ...(Number.isFinite(oldest) ? { oldest } : {}) };
}

const WHY: Readonly<Record<number, string>> = {
  401: 'it does not take the token or the tenant (401)',
  403: 'it does not let the token write (403)',
  404: 'it has no push endpoint there (404); check STACKWARD_AUDIT_LOKI_URL',
  429: 'it limits how much is pushed (429)',
};

const whyStatus = (status: number): string =>
  status >= 300 && status < 400
    ? `it redirects (${status}), which is not followed; set STACKWARD_AUDIT_LOKI_URL to the final address`
    : `it answered with status ${status}`;

/** Words that hold neither the address nor a header; a fetch that refuses a header would quote it. */
function whyNot(error: unknown, signal: AbortSignal): string {
  if (error instanceof ToolError) return error.detail;
  if (signal.aborted) return `it did not answer within ${DEADLINE_MS / 1000} seconds`;
  return error instanceof TypeError
    ? transportFailure(error, signal).detail
    : 'the request could not be made';
}
