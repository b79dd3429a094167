import type { Ending, RunEvent } from './events.ts';

/** One run in a few words, from its events so far. */
export interface RunSummary {
  readonly run: string;
  /** When it began and when it was last heard of, by the clock of what it works on; ISO 8601. */
  readonly begun: string;
  readonly latest: string;
  readonly events: number;
  /** What set it off. */
  readonly about: string;
  readonly diagnoser: string;
  readonly backend?: NonNullable<RunEvent['backend']>;
  readonly mode: NonNullable<RunEvent['mode']>;
  /** The stage it is in. */
  readonly step: string;
  readonly ending?: Ending;
  readonly reason?: string;
}

/** Every run of a feed, newest first. */
export interface RunList {
  take(event: RunEvent): void;
  /** The runs that began before one, or the newest; none for a run that is not known. */
  page(question: { readonly before?: string; readonly limit: number }): readonly RunSummary[];
}

export function createRunList(): RunList {
  const runs = new Map<string, RunSummary>();
  return {
    take(event) {
      const known = runs.get(event.run) ?? beginningOf(event);
      runs.set(event.run, { ...known, ...changeOf(event), events: known.events + 1 });
    },
    page({ before, limit }) {
      const names = [...runs.keys()];
      const until = before === undefined ? names.length : Math.max(0, names.indexOf(before));
      return names
        .slice(Math.max(0, until - limit), until)
        .reverse()
        .flatMap((name) => runs.get(name) ?? []);
    },
  };
}

const beginningOf = ({ run, at, diagnoser, backend, mode = 'hardened', ...body }: RunEvent): RunSummary => ({
  ...{ run, begun: at, latest: at, events: 0, diagnoser, mode },
  about: body.type === 'step' ? body.detail : '',
  step: '',
  ...(backend === undefined ? {} : { backend }),
});

const changeOf = (event: RunEvent): Partial<RunSummary> => ({
  latest: event.at,
  diagnoser: event.diagnoser,
  ...(event.type === 'step' ? { step: event.step } : {}),
  ...(event.type === 'done' ? { ending: event.ending, reason: event.reason } : {}),
});
