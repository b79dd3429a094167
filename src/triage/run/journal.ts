import { mkdirSync } from 'node:fs';
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createFile } from '../../store/files/durable-file.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { Alert } from '../backend.ts';
import { Signals } from '../contracts.ts';
import { type RunEvent, readEvent } from '../events.ts';
import { Exchange } from './deps.ts';

const RUN_ID = /^i-[0-9a-z-]{1,60}$/;

const JsonObject = z.record(z.string(), z.json());
const Begun = z.strictObject({
  line: z.literal('begun'),
  run: z.string().regex(RUN_ID),
  at: z.iso.datetime(),
  alert: Signals.shape.alert,
});
const Line = z.discriminatedUnion('line', [
  Begun,
  z.strictObject({ line: z.literal('event'), event: JsonObject }),
  z.strictObject({ line: z.literal('kept'), name: z.string(), value: z.json() }),
]);
type Line = z.input<typeof Line>;

/** One run as it lies on the disk: what happened, and what its stages came to, each written before the next begins. */
export interface RunJournal {
  readonly run: string;
  readonly alert: Alert;
  /** When it began; Unix milliseconds. */
  readonly begun: number;
  /** What was stored before this process took it up. */
  readonly events: readonly RunEvent[];
  readonly kept: ReadonlyMap<string, unknown>;
  /** Resolves once the disk has it. Rejects, leaving the file as it was, when it cannot be written. */
  event(event: RunEvent): Promise<void>;
  /** `value` is kept as its JSON. */
  keep(name: string, value: unknown): Promise<void>;
  close(): Promise<void>;
}

/** The journals of one data directory, one file a run. */
export interface RunJournals {
  begin(run: string, alert: Alert, now: number): Promise<RunJournal>;
  /** Takes an existing run up again. Throws ToolError('not_found'). */
  resume(run: string): Promise<RunJournal>;
  list(): Promise<readonly string[]>;
}

/** Opens the folder, making it when it is not there. */
export function openRunJournals(dir: string): RunJournals {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = (run: string) => join(dir, `${run}.jsonl`);
  return {
    async begin(run, alert, now) {
      const begun: Line = { line: 'begun', run, at: new Date(now).toISOString(), alert };
      if (!(await createFile(path(run), `${JSON.stringify(Begun.parse(begun))}\n`, 0o600)))
        throw new ToolError('conflict', `there is a run ${run} already`);
      return openJournal(path(run));
    },
    async resume(run) {
      if (!RUN_ID.test(run) || !(await readdir(dir)).includes(`${run}.jsonl`))
        throw new ToolError('not_found', `there is no run '${run}'`);
      return openJournal(path(run));
    },
    async list() {
      const names = await readdir(dir);
      return names.filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -'.jsonl'.length));
    },
  };
}

/** Reads a run back without taking it up. Throws ToolError('not_found'). */
export async function readRun(dir: string, run: string): Promise<readonly RunEvent[]> {
  const none = new ToolError('not_found', `there is no run '${run.slice(0, 64)}'`);
  if (!RUN_ID.test(run)) throw none;
  const bytes = await readFile(join(dir, `${run}.jsonl`)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? none : error;
  });
  const { lines } = readWhole(bytes);
  return lines.flatMap((line) => (line.line === 'event' ? [readEvent(line.event)] : []));
}

/** What a run's models and gates looked at, masked before it was stored. */
export interface KeptOfRun {
  /** The log lines that were gathered. */
  readonly logs: Signals['logs'];
  /** Questions to models and their answers, in their order. */
  readonly exchanges: readonly Exchange[];
}

/** Reads back what a run kept. Throws ToolError('not_found') for a run that has no journal here. */
export async function readKept(dir: string, run: string): Promise<KeptOfRun> {
  const file = join(dir, `${run}.jsonl`);
  const bytes = RUN_ID.test(run) ? await readFile(file).catch(ifThere) : undefined;
  if (!bytes) throw new ToolError('not_found', `no journal of a run '${run.slice(0, 100)}' is kept here`);
  const kept = readWhole(bytes).lines.flatMap((line) => (line.line === 'kept' ? [line] : []));
  const signals = kept.find(({ name }) => name === 'signals');
  return {
    logs: signals ? Signals.parse(signals.value).logs : [],
    exchanges: kept.flatMap(({ name, value }) =>
      name.startsWith('exchange ') ? [Exchange.parse(value)] : [],
    ),
  };
}

const ifThere = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};

async function openJournal(file: string): Promise<RunJournal> {
  const { lines, size } = readWhole(await readFile(file));
  const [first] = lines;
  if (first?.line !== 'begun')
    throw new ToolError('internal', 'the run’s journal does not say what it is of');
  const handle = await open(file, 'r+');
  // What a crash left of a line was never acted on: nothing goes on before its line is whole.
  await handle.truncate(size);
  const write = appender(handle, size);
  return {
    run: first.run,
    alert: first.alert,
    begun: Date.parse(first.at),
    events: lines.flatMap((line) => (line.line === 'event' ? [readEvent(line.event)] : [])),
    kept: new Map(lines.flatMap((line) => (line.line === 'kept' ? [[line.name, line.value] as const] : []))),
    event: (event) => write({ line: 'event', event: JsonObject.parse(JSON.parse(JSON.stringify(event))) }),
    keep: (name, value) =>
      write({ line: 'kept', name, value: z.json().parse(JSON.parse(JSON.stringify(value))) }),
    close: () => handle.close(),
  };
}

/** The whole lines of a journal and where they end. Throws for a line in the middle that is none of ours. */
function readWhole(bytes: Buffer): { lines: Line[]; size: number } {
  const size = bytes.lastIndexOf(0x0a) + 1;
  const texts = bytes.subarray(0, size).toString('utf8').split('\n').slice(0, -1);
  return { lines: texts.map((text) => Line.parse(JSON.parse(text))), size };
}

/** Appends one line after another, each flushed before it counts. After a failure that cannot be mended, nothing is written any more. */
function appender(handle: FileHandle, from: number): (line: Line) => Promise<void> {
  let size = from;
  let last: Promise<unknown> = Promise.resolve();
  let isBroken = false;
  const append = async (line: Line) => {
    if (isBroken) throw new ToolError('internal', 'the run’s journal cannot be written');
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      await handle.write(bytes, 0, bytes.length, size);
      await handle.datasync();
      size += bytes.length;
    } catch (error) {
      await handle.truncate(size).catch(() => {
        isBroken = true;
      });
      throw new ToolError('internal', 'the run’s journal could not be written', { cause: error });
    }
  };
  return (line) => {
    const next = last.then(() => append(line));
    last = next.catch(() => undefined);
    return next;
  };
}
