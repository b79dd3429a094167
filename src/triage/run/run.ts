import type { z } from 'zod';
import type { Alert } from '../backend.ts';
import type { EventBody, RunEvent, Step } from '../events.ts';
import type { Asking, TriageDeps } from './deps.ts';
import type { RunJournal } from './journal.ts';
import { isPassing } from './reason.ts';
import { patiently, within } from './within.ts';

/** One run while it runs: every stage works through it, so that nothing happens that the journal does not hold. */
export interface Run {
  readonly id: string;
  readonly alert: Alert;
  readonly signal: AbortSignal;
  readonly deps: TriageDeps;
  /** All events so far, those of an earlier process among them. */
  readonly events: readonly RunEvent[];
  /** Stores an event and then tells it. */
  emit(body: EventBody): Promise<void>;
  /** Says who diagnoses from here on, in every event. */
  diagnosedBy(name: string): void;
  /** What an earlier stage kept under a name; undefined if nothing. */
  recall<T>(name: string, schema: z.ZodType<T>): T | undefined;
  keep(name: string, value: unknown): Promise<void>;
  /** A read within the step's time, tried again where that may help. */
  read<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** A stage that says when it begins and what it came to. */
  step<T>(step: Step, work: () => Promise<T>, say: (result: T) => Said): Promise<T>;
  asking(signal: AbortSignal): Asking;
}

/** What a finished step says of itself. */
export type Said = string | { readonly detail: string; readonly data: Record<string, z.core.util.JSONType> };

/** Takes a journal up. */
export function openRun(journal: RunJournal, deps: TriageDeps, signal: AbortSignal): Run {
  const events = [...journal.events];
  const kept = new Map(journal.kept);
  let diagnoser = events.at(-1)?.diagnoser ?? deps.minds.models[0]?.name ?? deps.minds.rules.name;
  let exchanges = [...kept.keys()].filter((name) => name.startsWith('exchange ')).length;
  const run: Run = {
    id: journal.run,
    alert: journal.alert,
    signal,
    deps,
    events,
    async emit(body) {
      const at = new Date(deps.backend.now()).toISOString();
      const { kind: backend } = deps.backend;
      const event: RunEvent = { run: journal.run, seq: events.length + 1, at, diagnoser, backend, ...body };
      await journal.event(event);
      events.push(event);
      deps.tell?.(event);
    },
    diagnosedBy(name) {
      diagnoser = name;
    },
    recall(name, schema) {
      const value = kept.get(name);
      return value === undefined ? undefined : schema.parse(value);
    },
    async keep(name, value) {
      await journal.keep(name, value);
      kept.set(name, value);
    },
    read: (work) =>
      patiently(
        isPassing,
        (ms) => deps.backend.pause(ms, signal),
        () => within(deps.limits.stepMs, signal, work),
      ),
    async step(step, work, say) {
      await run.emit({ type: 'step', step, state: 'started', detail: '' });
      const result = await work();
      const said = say(result);
      const told = typeof said === 'string' ? { detail: said } : said;
      await run.emit({ type: 'step', step, state: 'finished', ...told });
      return result;
    },
    asking: (until) => ({
      signal: until,
      async keep(exchange) {
        exchanges += 1;
        await run.keep(`exchange ${exchanges}`, { ...exchange });
      },
      breaker: (route, state) => run.emit({ type: 'breaker', route, state }),
    }),
  };
  return run;
}
