import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ToolError } from '../../src/toolset/errors.ts';
import { factsOf } from '../../src/triage/facts.ts';
import { rules } from '../../src/triage/minds/rules.ts';
import { redactor } from '../../src/triage/redactor.ts';
import { type Diagnoser, LIMITS, type TriageDeps } from '../../src/triage/run/deps.ts';
import type { RunJournal } from '../../src/triage/run/journal.ts';
import { runHardened } from '../../src/triage/run-hardened.ts';
import { type MockLab, openMockLab } from './lab.ts';

/** Short enough that a hanging call costs the test little. */
const STEP_MS = 40;

const KINDS = ['timeout', '429', '500', 'malformed', 'killed before', 'killed after', 'answer lost'] as const;
type Kind = (typeof KINDS)[number];
const POINTS = [
  'gather',
  'redact',
  'first model',
  'stronger model',
  'second witness',
  'judge',
  'revisions',
  'record',
  'act',
  'stands',
  'tell',
  'measure',
] as const;
type Point = (typeof POINTS)[number];

/** Nobody is harmed by either. */
const OUTCOMES = /^(healed|handed_over)$/;
/** A diagnosis that was not kept is one that the gate does not find. */
const HANDLED = /^(healed|handed_over|denied)$/;

const never = new Promise<never>(() => {});

/** A process that may die: then nothing that it awaits ever comes, as for one that was killed. */
class Life {
  isOver = false;
  readonly ended: Promise<void>;
  #end!: () => void;
  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }
  die(): Promise<never> {
    this.isOver = true;
    this.#end();
    return never;
  }
}

/** Spoils one point, each time it is reached or the first time alone. */
function spoiled(point: Point, kind: Kind, times: number, life: Life) {
  let left = times;
  const isDue = (at: Point | 'pause') => {
    if (at !== point || left === 0) return false;
    left -= 1;
    return true;
  };
  const later = async <T>(at: Point | 'pause', work: () => Promise<T> | T): Promise<T> => {
    if (life.isOver) return never;
    if (!isDue(at)) return work();
    switch (kind) {
      case 'timeout':
        return never;
      case '429':
        throw new ToolError('rate_limited', 'too many');
      case '500':
        throw new ToolError('backend_failed', 'it broke');
      case 'malformed':
        return JSON.parse('{"half": [1, {"unexpected": null}]}');
      case 'killed before':
        return life.die();
      case 'killed after':
        await work();
        return life.die();
      case 'answer lost':
        await work();
        throw new ToolError('outcome_unknown', 'the answer never came');
    }
  };
  /** For what does not wait: it can fail or give nonsense, and no more. */
  const now = <T>(at: Point, work: () => T): T => {
    if (!isDue(at)) return work();
    if (kind === 'malformed') return JSON.parse('{"signals": {"half": true}}');
    throw new ToolError('internal', kind);
  };
  return Object.assign(later, { now });
}

/** A model that is right, and cites lines as a model must. */
const model = (name: string): Diagnoser => ({
  name,
  cites: 'lines',
  async diagnose(signals, asking) {
    const diagnosis = await rules.diagnose(signals, asking);
    const cited = factsOf(signals).filter(({ component }) => component === diagnosis.suspected_resource);
    return { ...diagnosis, evidence: cited.slice(0, 3).map(({ text }) => text) };
  },
});

function depsOf(
  { backend, deps }: MockLab,
  through: ReturnType<typeof spoiled>,
  withModels: boolean,
): TriageDeps {
  const mind = (at: Point, one: Diagnoser): Diagnoser => ({
    ...one,
    diagnose: (signals, asking) => through(at, () => one.diagnose(signals, asking)),
  });
  return {
    ...deps,
    limits: { ...LIMITS, stepMs: STEP_MS, modelMs: STEP_MS },
    redactor: {
      redact: (signals) => through.now('redact', () => redactor.redact(signals)),
    },
    minds: {
      models: withModels
        ? [mind('first model', model('prod-triage')), mind('stronger model', model('prod-triage-strong'))]
        : [],
      rules: mind('second witness', rules),
      ...(withModels
        ? {
            judge: {
              judge: () =>
                through('judge', () => ({ supported: true, resource: 'orders-api', reason: 'it fails' })),
            },
          }
        : {}),
    },
    notifier: { tell: () => through('tell', () => ['paged']) },
    backend: {
      ...backend,
      gather: (alert, signal) => through('gather', () => backend.gather(alert, signal)),
      revisions: (service, signal) => through('revisions', () => backend.revisions(service, signal)),
      record: (recorded, signal) => through('record', () => backend.record(recorded, signal)),
      act: (action, key, signal) => through('act', () => backend.act(action, key, signal)),
      stands: (action, signal) => through('stands', () => backend.stands(action, signal)),
      measure: (alert, signal) => through('measure', () => backend.measure(alert, signal)),
      pause: (ms, signal) => through('pause', () => backend.pause(ms, signal)),
    },
  };
}

/** A journal whose process may die around one of its lines. */
function mortal(
  journal: RunJournal,
  file: string,
  life: Life,
  die?: { line: number; how: string },
): RunJournal {
  let line = 0;
  const around = async (write: () => Promise<void>): Promise<void> => {
    if (life.isOver) return never;
    line += 1;
    if (line !== die?.line) return write();
    if (die.how === 'before') return life.die();
    if (die.how === 'torn') {
      await appendFile(file, '{"line":"event","event":{"run":"i-1","se');
      return life.die();
    }
    await write();
    return life.die();
  };
  return {
    ...journal,
    event: (event) => around(() => journal.event(event)),
    keep: (name, value) => around(() => journal.keep(name, value)),
  };
}

/** One life of the run, to its end or its death. */
async function live(journal: RunJournal, deps: TriageDeps, life: Life): Promise<void> {
  await Promise.race([runHardened(journal, deps), life.ended]);
  await journal.close();
}

/** What must hold, whatever went wrong. */
async function expectOneEnd(lab: MockLab): Promise<string> {
  const lines = (await readFile(join(lab.dir, 'i-1.jsonl'), 'utf8')).trimEnd().split('\n');
  const events = lines
    .map((text) => JSON.parse(text))
    .flatMap(({ line, event }) => (line === 'event' ? [event] : []));
  expect(events.filter(({ type }) => type === 'done')).toHaveLength(1);
  expect(events.at(-1).type).toBe('done');
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  const keys = lab.backend.written.map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)]);
  expect(keys.filter((key) => key.endsWith('.action')).length).toBeLessThanOrEqual(1);
  for (const { action } of lab.backend.written) expect(action.service).toBe('orders-api');
  const ending: string = events.at(-1).ending;
  const measured = await lab.backend.measure(lab.backend.scenario.alert, new AbortController().signal);
  if (ending === 'healed') expect(measured?.healthy).toBe(true);
  return ending;
}

async function runWith(point: Point, kind: Kind, times: number, withModels: boolean): Promise<string> {
  const lab = await openMockLab('bad-deploy');
  const life = new Life();
  const { alert } = lab.backend.scenario;
  const file = join(lab.dir, 'i-1.jsonl');
  const journal = mortal(await lab.journals.begin('i-1', alert, lab.backend.now()), file, life);
  await live(journal, depsOf(lab, spoiled(point, kind, times, life), withModels), life);
  if (life.isOver) {
    const next = new Life();
    const healthy = depsOf(lab, spoiled(point, kind, 0, next), withModels);
    await live(await lab.journals.resume('i-1'), healthy, next);
  }
  return expectOneEnd(lab);
}

describe.each(POINTS)('a fault at %s', (point) => {
  test.each(KINDS)('%s, once: one end, no second write', async (kind) => {
    expect(await runWith(point, kind, 1, true)).toMatch(point === 'record' ? HANDLED : OUTCOMES);
  });

  test.each(['timeout', '429', '500', 'malformed', 'answer lost'] as const)(
    '%s, each time: one end, no second write',
    async (kind) => {
      expect(await runWith(point, kind, Number.POSITIVE_INFINITY, true)).toMatch(
        point === 'record' ? HANDLED : OUTCOMES,
      );
    },
  );

  test.each(['timeout', '500', 'killed after'] as const)('%s, without any model', async (kind) => {
    expect(await runWith(point, kind, 1, false)).toMatch(point === 'record' ? HANDLED : OUTCOMES);
  });
});

test('a model that fails is followed by the next, and the last by the rules', async () => {
  expect(await runWith('first model', '429', 1, true)).toBe('healed');
  expect(await runWith('stronger model', '500', 1, true)).toBe('healed');
});

test('a passing fault of a read is sat out; a write whose answer was lost is looked for, and heals', async () => {
  expect(await runWith('gather', '429', 1, true)).toBe('healed');
  expect(await runWith('measure', '500', 1, true)).toBe('healed');
  expect(await runWith('act', 'answer lost', 1, true)).toBe('healed');
  expect(await runWith('act', 'killed after', 1, true)).toBe('healed');
});

test('a write that was begun and not done is not made after a restart', async () => {
  expect(await runWith('act', 'killed before', 1, true)).toBe('handed_over');
});

/** The lines that a run without a fault writes. */
async function linesOfARun(): Promise<number> {
  const lab = await openMockLab('bad-deploy');
  const journal = await lab.journals.begin('i-1', lab.backend.scenario.alert, lab.backend.now());
  await live(journal, depsOf(lab, spoiled('act', 'timeout', 0, new Life()), true), new Life());
  return (await readFile(join(lab.dir, 'i-1.jsonl'), 'utf8')).trimEnd().split('\n').length - 1;
}

test.each(['before', 'after', 'torn'])(
  'killed %s each line of the journal: one end, no second write',
  async (how) => {
    const lines = await linesOfARun();
    expect(lines).toBeGreaterThan(20);
    const endings = new Set<string>();
    for (let line = 1; line <= lines; line += 1) {
      const lab = await openMockLab('bad-deploy');
      const life = new Life();
      const file = join(lab.dir, 'i-1.jsonl');
      const begun = await lab.journals.begin('i-1', lab.backend.scenario.alert, lab.backend.now());
      const healthy = (of: Life) => depsOf(lab, spoiled('act', 'timeout', 0, of), true);
      await live(mortal(begun, file, life, { line, how }), healthy(life), life);
      expect(life.isOver).toBe(true);
      const next = new Life();
      await live(await lab.journals.resume('i-1'), healthy(next), next);
      endings.add(await expectOneEnd(lab));
    }
    expect(endings).toContain('healed');
  },
);
