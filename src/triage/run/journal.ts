import { z } from 'zod';
import { type Lease, LeaseLost } from '../../store/leases.ts';
import type { Log, Logs } from '../../store/logs.ts';
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

/** One run as it is stored: what happened, and what its stages came to, each written before the next begins. */
export interface RunJournal {
  readonly run: string;
  readonly alert: Alert;
  /** When it began; Unix milliseconds. */
  readonly begun: number;
  /** What was stored before this process took it up. */
  readonly events: readonly RunEvent[];
  readonly kept: ReadonlyMap<string, unknown>;
  /**
   * Resolves once the store has it. Rejects with ToolError, changing nothing, when it cannot be written, and with
   * LeaseLost once somebody else may work on the run.
   */
  event(event: RunEvent): Promise<void>;
  /** `value` is kept as its JSON. */
  keep(name: string, value: unknown): Promise<void>;
  close(): Promise<void>;
}

/** The hold on a run, without which nothing is written; a run that nobody else can reach needs none. */
export interface Hold {
  readonly lease: Lease;
}

/** The journals of a store, one log a run. */
export interface RunJournals {
  begin(run: string, alert: Alert, now: number, hold?: Hold): Promise<RunJournal>;
  /** Takes an existing run up again. Throws ToolError('not_found'). */
  resume(run: string, hold?: Hold): Promise<RunJournal>;
  list(): Promise<readonly string[]>;
  /** Reads a run back without taking it up. Throws ToolError('not_found'). */
  read(run: string): Promise<readonly RunEvent[]>;
  /** Reads back what a run kept. Throws ToolError('not_found') for a run that has no journal here. */
  kept(run: string): Promise<KeptOfRun>;
}

/** What a run's models and gates looked at, masked before it was stored. */
export interface KeptOfRun {
  /** The log lines that were gathered. */
  readonly logs: Signals['logs'];
  /** Questions to models and their answers, in their order. */
  readonly exchanges: readonly Exchange[];
}

export function openRunJournals(logs: Logs): RunJournals {
  const open = async (run: string): Promise<Log> => {
    const log = RUN_ID.test(run) ? await logs.open(run) : undefined;
    if (!log) throw new ToolError('not_found', `there is no run '${run.slice(0, 64)}'`);
    return log;
  };
  const look = async (run: string) => {
    const log = await open(run);
    try {
      return await linesOf(log);
    } finally {
      await log.close();
    }
  };
  return {
    async begin(run, alert, now, hold) {
      const begun: Line = { line: 'begun', run, at: new Date(now).toISOString(), alert };
      const log = await logs.begin(run, JSON.stringify(Begun.parse(begun)));
      if (!log) throw new ToolError('conflict', `there is a run ${run} already`);
      return journalOf(log, hold);
    },
    resume: async (run, hold) => journalOf(await open(run), hold),
    list: logs.names,
    read: async (run) => eventsIn(await look(run)),
    kept: async (run) => keptIn(await look(run)),
  };
}

async function journalOf(log: Log, hold: Hold | undefined): Promise<RunJournal> {
  const lines = await linesOf(log);
  const [first] = lines;
  if (first?.line !== 'begun')
    throw new ToolError('internal', 'the run’s journal does not say what it is of');
  const write = (line: Line): Promise<void> =>
    log.append(JSON.stringify(line), hold).catch((cause: unknown) => {
      if (cause instanceof LeaseLost) throw cause;
      throw new ToolError('internal', 'the run’s journal could not be written', { cause });
    });
  return {
    run: first.run,
    alert: first.alert,
    begun: Date.parse(first.at),
    events: eventsIn(lines),
    kept: new Map(lines.flatMap((line) => (line.line === 'kept' ? [[line.name, line.value] as const] : []))),
    event: (event) => write({ line: 'event', event: JsonObject.parse(JSON.parse(JSON.stringify(event))) }),
    keep: (name, value) =>
      write({ line: 'kept', name, value: z.json().parse(JSON.parse(JSON.stringify(value))) }),
    close: () => log.close(),
  };
}

/** Throws for a line that is none of ours. */
const linesOf = async (log: Log) =>
  (await log.read(0)).map(({ text }): z.output<typeof Line> => Line.parse(JSON.parse(text)));

const eventsIn = (lines: readonly z.output<typeof Line>[]): readonly RunEvent[] =>
  lines.flatMap((line) => (line.line === 'event' ? [readEvent(line.event)] : []));

function keptIn(lines: readonly z.output<typeof Line>[]): KeptOfRun {
  const kept = lines.flatMap((line) => (line.line === 'kept' ? [line] : []));
  const signals = kept.find(({ name }) => name === 'signals');
  return {
    logs: signals ? Signals.parse(signals.value).logs : [],
    exchanges: kept.flatMap(({ name, value }) =>
      name.startsWith('exchange ') ? [Exchange.parse(value)] : [],
    ),
  };
}
