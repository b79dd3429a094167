import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { AuditBook } from '../audit/audit-book.ts';
import { indexEnded } from '../audit/blocks/index-ended.ts';
import { exportCsv, exportJson, exportRecords } from '../audit/export.ts';
import type { AuditFilter } from '../audit/matcher.ts';
import { queryAudit } from '../audit/query.ts';
import type { ReadRecord } from '../audit/read.ts';
import { OUTCOMES } from '../audit/record.ts';
import { escapeUnsafe } from '../audit/safe-text.ts';
import { followRecords, tailRecords } from '../audit/tail.ts';
import { type AuditReport, type VerifyOptions, verifyAudit } from '../audit/verify.ts';
import type { AuditView } from '../audit/views.ts';
import { neutralise } from '../call/neutralise.ts';
import { openAuditBook } from '../open-audit.ts';
import {
  EXIT,
  envOf,
  type TopologyOptions,
  UsageError,
  type World,
  writeJson,
  writeLine,
} from './command.ts';
import { dataDirOf } from './open.ts';
import { bold, cyan, dim, green, red, yellow } from './print.ts';

export interface AuditOptions extends TopologyOptions {
  readonly lines?: number;
  readonly follow?: boolean;
  readonly limit?: number;
  readonly format?: string;
  readonly output?: string;
  readonly principal?: string;
  readonly tool?: string;
  readonly target?: string;
  readonly outcome?: string;
  readonly rule?: string;
  readonly call?: string;
  readonly since?: string;
  readonly until?: string;
  readonly text?: string;
  readonly publicKey?: string;
  readonly checkpoint?: string;
}

/** Reads the audit of the data directory or of the database; looking at it needs no topology that holds. */
async function withBook<T>(
  options: AuditOptions,
  world: World,
  work: (book: AuditBook) => Promise<T>,
): Promise<T> {
  const { book, close } = await openAuditBook(dataDirOf(options, world), envOf(options, world));
  return work(book).finally(close);
}

/** `stackward audit tail`: the last records, and with `--follow` each new one until it is interrupted. */
export async function tail(options: AuditOptions, world: World): Promise<number> {
  const show = ({ chain, record }: ReadRecord) =>
    writeLine(
      world.stdout,
      options.json ? escapeUnsafe(JSON.stringify({ chain, ...record })) : lineOf(record),
    );
  const count = options.lines ?? 20;
  await withBook(options, world, async (book) => {
    if (!options.follow) {
      for (const read of await tailRecords(book, count)) show(read);
      return;
    }
    const interrupted = new AbortController();
    process.once('SIGINT', () => interrupted.abort());
    for await (const read of followRecords(book, { count, signal: interrupted.signal })) show(read);
  });
  return EXIT.ok;
}

/**
 * `stackward audit query`: calls with their ends, newest first. Once they are told, it makes the next search quick where
 * no server does.
 */
export async function query(options: AuditOptions, world: World): Promise<number> {
  const found: AuditView[] = [];
  const filter = filterOf(options);
  await withBook(options, world, async (book) => {
    for await (const view of queryAudit(book, filter, { limit: options.limit ?? 100 })) {
      if (options.json) found.push(view);
      else writeLine(world.stdout, viewLine(view));
    }
    if (options.json) writeJson(world.stdout, found);
    await makeQuick(book, world);
  });
  return EXIT.ok;
}

/** Whoever may only read has had his answer, so that this failing is told and is no failure. */
async function makeQuick(book: AuditBook, { stderr }: World): Promise<void> {
  const tell = (message: string) => writeLine(stderr, dim(message));
  await indexEnded(book, (records) =>
    tell(`looking through ${records} records once, so that further searches are quick; stop it at will`),
  ).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    tell(`further searches stay as slow as this one: what was found out could not be kept (${why})`);
  });
}

/** `stackward audit verify`: ends with 1 when anything does not hold, naming the file and the line. */
export async function verify(options: AuditOptions, world: World): Promise<number> {
  const isTerminal = 'isTTY' in world.stderr && world.stderr.isTTY === true;
  const kept = {
    ...(options.publicKey === undefined ? {} : { publicKey: await readFile(options.publicKey, 'utf8') }),
    ...(options.checkpoint === undefined ? {} : { checkpoint: await readFile(options.checkpoint, 'utf8') }),
  };
  const onProgress: VerifyOptions['onProgress'] = ({ chain, done, of }) => {
    if (isTerminal) world.stderr.write(`\rchain ${chain}: ${Math.floor((100 * done) / Math.max(1, of))} %`);
  };
  const report = await withBook(options, world, (book) => verifyAudit(book, { ...kept, onProgress })).catch(
    (error: unknown) => {
      throw error instanceof TypeError ? new UsageError(error.message) : error;
    },
  );
  if (isTerminal) world.stderr.write('\r\u001b[K');
  if (options.json) writeJson(world.stdout, report);
  else for (const line of reportLines(report)) writeLine(world.stdout, line);
  return report.ok ? EXIT.ok : EXIT.failed;
}

/** `stackward audit export`: records as they are (jsonl), or calls as json or csv. */
export async function exportAudit(options: AuditOptions, world: World): Promise<number> {
  const filter = filterOf(options);
  const format = options.format ?? 'jsonl';
  if (!['jsonl', 'json', 'csv'].includes(format))
    throw new UsageError(`--format ${format} is none of: jsonl, json, csv`);
  if (format === 'jsonl' && Object.keys(filter).length > 0)
    throw new UsageError('jsonl exports whole chains, which verify; filters go with --format json or csv');
  const out =
    options.output === undefined ? world.stdout : (await newFile(options.output)).createWriteStream();
  await withBook(options, world, (book) => {
    if (format === 'csv') return exportCsv(book, out, filter);
    return format === 'json' ? exportJson(book, out, filter) : exportRecords(book, out);
  });
  if (out !== world.stdout) await new Promise<void>((done) => out.end(done));
  return EXIT.ok;
}

/** A file of its own, for the owner alone; throws UsageError rather than write over another. */
async function newFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'EEXIST'
        ? 'is there already'
        : 'cannot be made';
    throw new UsageError(`${path} ${why}; name a new file in a folder that you may write to`);
  }
}

function filterOf(options: AuditOptions): AuditFilter {
  const { principal, tool, target, rule, call, text, outcome, since, until } = options;
  const known =
    outcome === undefined ? undefined : ([...OUTCOMES, 'open'] as const).find((one) => one === outcome);
  if (outcome !== undefined && known === undefined)
    throw new UsageError(`--outcome ${outcome} is none of: ${OUTCOMES.join(', ')}, open`);
  const given = {
    principal,
    tool,
    target,
    rule,
    call,
    text,
    outcome: known,
    since: dateOf('--since', since),
    until: dateOf('--until', until),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function dateOf(option: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (Number.isNaN(date.getTime()))
    throw new UsageError(`${option} ${text} is no time; for instance: 2026-01-31T12:00:00Z`);
  return date;
}

function viewLine(view: AuditView): string {
  if (view.kind === 'event') return lineOf(view.record);
  const took = view.duration_ms === undefined ? '' : ` ${view.duration_ms} ms`;
  const refused = view.refusedRules.length > 0 ? yellow(` refused by: ${view.refusedRules.join(', ')}`) : '';
  // A tool's name is the caller's text until it is found: a line break in it must not write another call's line.
  const [who, tool, target] = [view.principal, view.tool ?? view.method, view.target ?? ''].map(escapeUnsafe);
  const what = `${who} ${bold(tool ?? '')} ${target}`;
  return `${dim(view.time)} ${outcomeWord(view.outcome)} ${what}${dim(`${took} #${view.seq} ${view.call}`)}${refused}`;
}

function lineOf(record: ReadRecord['record']): string {
  const head = `${dim(record.time)} ${dim(`#${record.seq}`)}`;
  if (record.kind === 'checkpoint') return `${head} ${dim(`checkpoint signed by ${record.key}`)}`;
  if (record.kind === 'event')
    return `${head} ${cyan(record.event)} ${neutralise(`${record.principal} ${JSON.stringify(record.detail)}`)}`;
  if (record.kind === 'response')
    return `${head} <- ${outcomeWord(record.outcome)} ${record.duration_ms} ms ${dim(record.call)}`;
  return `${head} -> ${neutralise(`${record.principal} ${JSON.stringify(record.message.params)}`)} ${dim(record.call)}`;
}

const outcomeWord = (outcome: string): string =>
  outcome === 'ok'
    ? green(outcome)
    : outcome === 'denied' || outcome === 'open'
      ? yellow(outcome)
      : red(outcome);

function* reportLines(report: AuditReport): Generator<string> {
  for (const problem of report.problems) yield red(problem);
  for (const chain of report.chains) {
    const state = chain.problems.length > 0 ? red('BROKEN') : green('holds');
    const open = chain.live ? ', being written' : '';
    yield `chain ${bold(chain.chain)} ${state}: ${chain.records} records, ${chain.checkpoints} checkpoints, ${chain.unsealed} not sealed yet${open}`;
    for (const { file, line, problem } of chain.problems) yield red(`  ${file}:${line}: ${problem}`);
  }
  const { count, latest } = report.checkpoints;
  if (count > 0) yield `${count} checkpoints over all chains, the latest of ${latest ?? 'an unknown time'}`;
  const total = report.chains.reduce((sum, chain) => sum + chain.records, 0);
  yield report.ok
    ? green(`verified ${total} records in ${report.seconds.toFixed(2)} s`)
    : red('the audit does not hold');
}
