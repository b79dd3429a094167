import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { AuditBook } from '../../audit/audit-book.ts';
import { readRecords } from '../../audit/read.ts';
import { ToolError } from '../../toolset/errors.ts';
import { listVersions } from '../../versions/look.ts';
import { type IncidentDesk, streamEvents } from '../http/incidents.ts';
import type { Action, ConsoleDesk, Endpoint } from './endpoint.ts';
import { replyProblem, SECURITY_HEADERS, shown } from './reply.ts';
import type { RunRecord, ShownKept, ShownRuns } from './wire.ts';

const PAGE = 50;
/** Runs that one page may show beside each other. */
const MOST_RUNS = 4;
const MOST_RECORDS = 20;
/** Versions that are looked through for the one that a write made: a run is looked at soon, or by its audit record. */
const MOST_VERSIONS = 500;
const RunId = z.string().regex(/^i-[0-9a-z-]{1,60}$/, 'a run is named by its id, such as i-mwwf486x-3ffcb7');

/** `GET runs?before=`: newest first, and what may be started here. */
export const showRuns: Endpoint<ShownRuns> = ({ incidents }, query) => {
  if (!incidents) return { runs: [], more: false };
  const before = query.has('before') ? RunId.parse(query.get('before')) : undefined;
  const found = incidents.page({ limit: PAGE + 1, ...(before === undefined ? {} : { before }) });
  return {
    principal: incidents.principal,
    runs: found.slice(0, PAGE),
    more: found.length > PAGE,
    ...(incidents.drills ? { drills: incidents.drills.scenarios } : {}),
  };
};

/** `GET runs/kept?run=`: the masked log lines and the exchanges with models. */
export const showKept: Endpoint<ShownKept> = ({ incidents }, query) =>
  mustHave(incidents).kept(RunId.parse(query.get('run')));

/** `GET runs/records?seq=7,9`: where the triage's calls of those numbers stand in the audit, and the versions that they made. */
export const showRecords: Endpoint<readonly RunRecord[]> = async ({ stackward, incidents }, query) => {
  const { principal } = mustHave(incidents);
  const seqs = z
    .array(z.coerce.number().int().positive())
    .max(MOST_RECORDS)
    .parse((query.get('seq') ?? '').split(',').filter(Boolean));
  const versions = await listVersions(stackward.history.versions, { limit: MOST_VERSIONS });
  return Promise.all(
    seqs.map(async (seq) => {
      const record = await recordOf(stackward.auditBook, { seq, principal });
      const made = versions.find(({ by, change }) => by === principal && change?.seq === seq);
      return {
        seq,
        ...(record === undefined ? {} : { record }),
        ...(record === undefined || !made ? {} : { version: made.number }),
      };
    }),
  );
};

/** Processes have a chain each, and an event tells only the number: where two chains have such a call, none is named. */
async function recordOf(
  book: AuditBook,
  call: { seq: number; principal: string },
): Promise<string | undefined> {
  const chains = await book.chains();
  const found = await Promise.all(chains.map((chain) => hasCall(book, chain, call)));
  const [only, ...others] = chains.filter((_chain, at) => found[at]);
  return only === undefined || others.length > 0 ? undefined : `${only}/${call.seq}`;
}

async function hasCall(
  book: AuditBook,
  chain: string,
  { seq, principal }: { seq: number; principal: string },
) {
  for await (const { record } of readRecords(book, { chain, fromSeq: seq }))
    return record.seq === seq && record.kind === 'request' && record.principal === principal;
  return false;
}

/** `GET runs/events?run=a,b`: the events of these runs, and each as it comes; `Last-Event-ID` goes on after one. */
export async function streamRuns(
  { incidents }: ConsoleDesk,
  {
    query,
    request,
    isStill,
  }: { query: URLSearchParams; request: IncomingMessage; isStill(): Promise<boolean> },
  response: ServerResponse,
): Promise<void> {
  const desk = mustHave(incidents);
  const runs = new Set(
    z
      .array(RunId)
      .min(1)
      .max(MOST_RUNS)
      .parse((query.get('run') ?? '').split(',')),
  );
  const after = String(request.headers['last-event-id'] ?? '0');
  if (!/^\d{1,15}$/.test(after))
    return replyProblem(response, 400, 'invalid_arguments', 'Last-Event-ID is the number of an event');
  await streamEvents(response, (signal) => desk.follow(Number(after), signal, runs), {
    headers: SECURITY_HEADERS,
    shown,
    isStill,
  });
}

const Start = z.strictObject({ scenario: z.string().max(60) });

/** `POST runs/start`: begins an incident script on the mock of a demonstration. Audited first. */
export const startDrill: Action<{ runs: readonly string[] }> = async ({ stackward, incidents }, body, by) => {
  const { scenario } = Start.parse(body);
  const drills = incidents?.drills;
  if (!drills)
    throw new ToolError('not_found', 'only a demonstration starts incidents: stackward demo --serve');
  if (!drills.scenarios.some(({ name }) => name === scenario))
    throw new ToolError('not_found', `there is no incident script '${scenario}'`);
  await stackward.recordEvent('incident_script_started', by, { scenario });
  const { runs, ended } = drills.start(scenario);
  // How it ends is told by the runs' own events.
  ended.catch(() => undefined);
  return { runs: [runs.naive, runs.governed, runs.hardened] };
};

function mustHave(incidents: IncidentDesk | undefined): IncidentDesk {
  if (!incidents) throw new ToolError('not_found', 'the topology draws no agent for a triage');
  return incidents;
}
