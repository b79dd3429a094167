import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AuditBook } from './audit-book.ts';
import type { AuditFilter } from './matcher.ts';
import { queryAudit } from './query.ts';
import { readRecords } from './read.ts';
import { escapeUnsafe } from './safe-text.ts';
import type { CallView } from './views.ts';

const NEWLINE = Buffer.from('\n');
const COLUMNS = [
  'time',
  'chain',
  'seq',
  'call',
  'principal',
  'method',
  'tool',
  'target',
  'outcome',
  'duration_ms',
  'refused_rules',
  'topology',
  'version',
  'arguments',
  'error',
] as const;

/**
 * Writes every record as the line it is, byte for byte, merged by time, so that hashes can be checked again
 * elsewhere, chain by chain. The bytes are not made safe for a terminal. `out` is left open.
 */
export async function exportRecords(book: AuditBook, out: Writable, chain?: string): Promise<void> {
  await send(out, async function* () {
    for await (const { line } of readRecords(book, chain === undefined ? {} : { chain })) {
      yield Buffer.concat([line, NEWLINE]);
    }
  });
}

/** Writes the calls that match as CSV (RFC 4180), oldest first, safe to open in a spreadsheet. `out` is left open. */
export async function exportCsv(book: AuditBook, out: Writable, filter: AuditFilter = {}): Promise<void> {
  await send(out, async function* () {
    yield `${COLUMNS.join(',')}\r\n`;
    for await (const call of calls(book, filter)) yield `${cellsOf(call).map(csvCell).join(',')}\r\n`;
  });
}

/** Writes the calls that match as one JSON array, oldest first, safe to print. `out` is left open. */
export async function exportJson(book: AuditBook, out: Writable, filter: AuditFilter = {}): Promise<void> {
  await send(out, async function* () {
    let before = '[\n';
    for await (const call of calls(book, filter)) {
      yield before + escapeUnsafe(JSON.stringify(call));
      before = ',\n';
    }
    yield before === '[\n' ? '[]\n' : '\n]\n';
  });
}

const send = (out: Writable, source: () => AsyncGenerator<string | Buffer>) =>
  pipeline(Readable.from(source()), out, { end: false });

async function* calls(book: AuditBook, filter: AuditFilter): AsyncGenerator<CallView> {
  for await (const view of queryAudit(book, filter, { order: 'oldest' }))
    if (view.kind === 'call') yield view;
}

function cellsOf(call: CallView): string[] {
  const { message } = call.response ?? {};
  const error = message && 'error' in message ? `${message.error.code}: ${message.error.message}` : '';
  return [
    call.time,
    call.chain,
    String(call.seq),
    call.call,
    call.principal,
    call.method,
    call.tool ?? '',
    call.target ?? '',
    call.outcome,
    String(call.duration_ms ?? ''),
    call.refusedRules.join(' '),
    call.topology,
    String(call.version),
    JSON.stringify(call.request.message.params),
    error,
  ];
}

/**
 * One quoted cell. A text that a spreadsheet could take for a formula gets an apostrophe before it (OWASP, CSV
 * Injection); what cannot be seen or changes the reading direction is written as an escape.
 */
export function csvCell(text: string): string {
  const safe =
    /^[\s'"]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/u.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return `"${escapeUnsafe(safe).replaceAll('"', '""')}"`;
}
