import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { AuditBook } from '../../audit/audit-book.ts';
import { exportCsv, exportJson } from '../../audit/export.ts';
import type { AuditFilter } from '../../audit/matcher.ts';
import { placeOf } from '../../audit/place.ts';
import { type ReadRecord, readRecords } from '../../audit/read.ts';
import { OUTCOMES, type StoredRecord } from '../../audit/record.ts';
import { escapeUnsafe } from '../../audit/safe-text.ts';
import { verifyAudit } from '../../audit/verify.ts';
import type { AuditView } from '../../audit/views.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { ConsoleDesk, Endpoint } from './endpoint.ts';
import { SECURITY_HEADERS } from './reply.ts';
import type { AuditPage, AuditRow, ShownRecord } from './wire.ts';

const ROWS = 50;
const Text = z.string().max(200).exactOptional();
const Moment = z
  .string()
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()), 'expected a time, such as 2026-01-31T12:00:00Z')
  .exactOptional();

const Filter = z.strictObject({
  principal: Text,
  tool: Text,
  target: Text,
  outcome: z.enum([...OUTCOMES, 'open']).exactOptional(),
  rule: Text,
  event: Text,
  since: Moment,
  until: Moment,
  text: Text,
});

const Seq = z.coerce.number().int().positive();
const ChainName = z.string().regex(/^\d{4,12}$/, 'a chain is named by its number, such as 0001');

/** `GET audit?...`: a page of a new search, or with `next` the page after. */
export const searchAudit: Endpoint<AuditPage> = async ({ searches }, query) => {
  const next = query.get('next');
  const { views, ...found } =
    next === null ? await searches.begin(filterIn(query), ROWS) : await searches.goOn(next, ROWS);
  return { ...found, rows: views.map(rowOf) };
};

/** `GET audit/record?chain=&seq=`: one call, or one event, and whether it verifies. */
export const showRecord: Endpoint<ShownRecord> = async ({ stackward }, query) => {
  const chain = ChainName.parse(query.get('chain'));
  const found = await findCall(stackward.auditBook, chain, Seq.parse(query.get('seq')));
  const places = await Promise.all(
    found.map(({ record }) => placeOf(stackward.auditBook, chain, record.seq)),
  );
  return shownOf(
    chain,
    found.map(({ record }) => record),
    places.filter((place) => place !== undefined),
  );
};

/** `GET audit/verify`: every chain, whole. */
export const verifyAll: Endpoint<object> = ({ stackward }) => verifyAudit(stackward.auditBook);

/** `GET audit/export?format=&...`: a download of the calls that match. */
export async function exportAudit(
  { stackward }: ConsoleDesk,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const format = z.enum(['csv', 'json']).parse(query.get('format'));
  query.delete('format');
  const filter = filterIn(query);
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'cache-control': 'no-store',
    'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
    'content-disposition': `attachment; filename="audit.${format}"`,
  });
  await (format === 'csv' ? exportCsv : exportJson)(stackward.auditBook, response, filter);
  response.end();
}

const filterIn = (query: URLSearchParams): AuditFilter =>
  Filter.parse(Object.fromEntries([...query].filter(([, value]) => value !== '')));

function rowOf(view: AuditView): AuditRow {
  const { chain, seq, time, principal } = view;
  const place = { chain, seq, time, principal };
  if (view.kind === 'event') return { ...place, kind: 'event', what: view.record.event, refusedRules: [] };
  const { tool, method, target, outcome, duration_ms, refusedRules } = view;
  return {
    ...place,
    kind: 'call',
    what: tool ?? method,
    outcome,
    refusedRules,
    ...(target === undefined ? {} : { target }),
    ...(duration_ms === undefined ? {} : { duration_ms }),
  };
}

/** Calls run for minutes at most, and this many records come by meanwhile on the busiest server. */
const MOST_BETWEEN = 100_000;

/** The record and, where it is one half of a call, the other: a request's response follows it, a response's request goes before. */
async function findCall(book: AuditBook, chain: string, seq: number): Promise<ReadRecord[]> {
  const [first] = await take(readRecords(book, { chain, fromSeq: seq }), ({ record }) => record.seq === seq);
  if (!first) throw new ToolError('not_found', `the audit has no record ${seq} in chain ${chain}`);
  const { record } = first;
  if (record.kind !== 'request' && record.kind !== 'response') return [first];
  const isOther = ({ record: one }: ReadRecord) =>
    'call' in one && one.call === record.call && one.kind !== record.kind;
  const reverse = record.kind === 'response';
  const [other] = await take(readRecords(book, { chain, fromSeq: seq, reverse }), isOther);
  return [first, ...(other ? [other] : [])].sort((a, b) => a.record.seq - b.record.seq);
}

async function take(
  records: AsyncGenerator<ReadRecord>,
  isWanted: (read: ReadRecord) => boolean,
): Promise<ReadRecord[]> {
  let looked = 0;
  for await (const read of records) {
    if (isWanted(read)) return [read];
    looked += 1;
    if (looked > MOST_BETWEEN) break;
  }
  return [];
}

function shownOf(
  chain: string,
  records: readonly StoredRecord[],
  places: ShownRecord['places'],
): ShownRecord {
  const [first, second] = records;
  if (!first) throw new ToolError('not_found', 'the record is gone');
  const response = second?.kind === 'response' ? second : undefined;
  const call = first.kind === 'request' ? first : undefined;
  const params = z.object({ name: z.string() }).safeParse(call?.message.params);
  return {
    chain,
    seq: first.seq,
    time: first.time,
    what: params.success ? params.data.name : first.kind === 'event' ? first.event : first.kind,
    principal: 'principal' in first ? first.principal : '',
    topology: 'topology' in first ? first.topology : '',
    version: 'version' in first ? first.version : 0,
    ...(call ? { outcome: response?.outcome ?? 'open' } : {}),
    ...(response ? { duration_ms: response.duration_ms } : {}),
    checks: call?.verdict?.checks ?? [],
    request: legible(first),
    ...(response ? { response: legible(response) } : {}),
    places,
  };
}

/** What is escaped here is told apart from a text that merely looks so: there the backslash is doubled. */
const legible = (record: StoredRecord): string =>
  JSON.stringify(record, null, 2).split('\n').map(escapeUnsafe).join('\n');
