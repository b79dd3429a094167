import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCases } from './case-file.ts';
import { healthyCases } from './healthy-cases.ts';
import { madeIncidents } from './made-incidents.ts';
import { figuresOf, type Outcome, shareOf } from './scores.ts';
import { crossValidated } from './sensitivity.ts';

const INCIDENTS = fileURLToPath(new URL('../fixtures/incidents', import.meta.url));
const CASE = 'petshop-high-train-0.json';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stackward-eval-'));
  cpSync(INCIDENTS, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function change(file: string, by: (content: Record<string, unknown>) => void): void {
  const path = join(folder, file);
  const content = JSON.parse(readFileSync(path, 'utf8'));
  by(content);
  writeFileSync(path, JSON.stringify(content));
}

describe('cases', () => {
  test('of a folder are read with their baselines, each once', () => {
    const { cases, baselines } = readCases(folder);
    expect(cases.map(({ culprit }) => culprit)).toEqual(cases.map(() => 'PetSearch_AWS::ECS::Fargate'));
    expect(baselines.map(({ file }) => file)).toEqual([
      'petshop-high.baseline.json',
      'petshop-low.baseline.json',
    ]);
  });

  test.each<readonly [string, (content: Record<string, unknown>) => void, RegExp]>([
    [
      'a wrong type',
      (one) => Object.assign(one, { alert: { component: 'PetSite', at: 'noon' } }),
      /alert\.at/,
    ],
    ['no label', (one) => Object.assign(one, { label: {} }), /label\.component/],
    ['a baseline elsewhere', (one) => Object.assign(one, { baseline: '../x.json' }), /baseline/],
    ['no such baseline', (one) => Object.assign(one, { baseline: 'none.json' }), /none\.json/],
    ['times cut off', (one) => Object.assign(one.metrics ?? {}, { t: [1, 2] }), /metrics\.series\.0\.v/],
    ['another format', (one) => Object.assign(one, { format: 'incident-case/9' }), /format/],
  ])('%s: the file and the field are named', (_, by, field) => {
    change(CASE, by);
    expect(() => readCases(folder)).toThrow(field);
    expect(() => readCases(folder)).toThrow(/^(petshop-high-train-0|none)\.json: /);
  });

  test('a healthy label wants nothing, whatever component it names', () => {
    change(CASE, (one) => Object.assign(one, { label: { component: 'PetSite', healthy: true } }));
    expect(readCases(folder).cases.find(({ id }) => id === 'petshop-high-train-0')?.culprit).toBeNull();
  });

  test('a label may call a component by its short name', () => {
    change(CASE, (one) => Object.assign(one, { label: { component: 'petsearch' } }));
    expect(readCases(folder).cases[0]?.culprit).toBe('PetSearch_AWS::ECS::Fargate');
  });

  test('made healthy hold normal operation alone, and made incidents name a component', () => {
    const read = readCases(folder);
    for (const { culprit, input } of healthyCases(read, 5)) {
      expect(culprit).toBeNull();
      const of = input.baseline?.find(({ metric }) => metric === 'latency');
      const cut = input.series.find((one) => one.component === of?.component && one.metric === 'latency');
      expect(of?.v.join()).toContain(cut?.v.join());
    }
    const made = madeIncidents(read, 5, 1);
    expect(made).toEqual(madeIncidents(read, 5, 1));
    expect(new Set(made.map(({ culprit }) => culprit)).size).toBeGreaterThan(2);
    for (const { culprit, input } of made) expect(input.topology.components).toContain(culprit);
  });
});

describe('figures', () => {
  const outcome = (over: Partial<Outcome>): Outcome => ({
    id: 'a',
    source: 's',
    culprit: 'x',
    verdict: 'incident',
    confidence: 0.9,
    rank: 1,
    first: ['x'],
    isRight: true,
    ms: 1,
    ...over,
  });

  test('an incident that is called nothing is missed, though it be ranked', () => {
    const figures = figuresOf([outcome({}), outcome({ verdict: 'nothing', isRight: false })]);
    expect(figures.ac1.share).toBe(0.5);
    expect(figures.ranked.ac1.share).toBe(1);
    expect(figures.sensitivity.share).toBe(0.5);
  });

  test('healthy cases are in the specificity alone', () => {
    const quiet = { culprit: null, rank: null };
    const figures = figuresOf([
      outcome({ ...quiet, verdict: 'nothing' }),
      outcome({ ...quiet, isRight: false }),
      outcome({ rank: 3, isRight: false }),
    ]);
    expect(figures.specificity).toMatchObject({ share: 0.5, of: 2 });
    expect(figures.ac1).toMatchObject({ share: 0, of: 1 });
    expect(figures.ac3.share).toBe(1);
  });

  test('calibration is the mean gap of confidence and being right', () => {
    const half = [outcome({ confidence: 0.9 }), outcome({ confidence: 0.9, isRight: false })];
    expect(figuresOf(half).ece).toBeCloseTo(0.4);
  });

  test('risk at a coverage is that of the surest', () => {
    const { riskCoverage } = figuresOf([
      outcome({ id: 'sure', confidence: 0.9 }),
      outcome({ id: 'unsure', confidence: 0.2, isRight: false }),
    ]);
    expect(riskCoverage.find(({ coverage }) => coverage === 0.5)?.risk).toBe(0);
    expect(riskCoverage.at(-1)?.risk).toBe(0.5);
  });

  test('an interval holds its share and is the same twice', () => {
    const values = Array.from({ length: 20 }, (_, at) => at % 4 !== 0);
    const { share, low, high } = shareOf(values);
    expect(low).toBeLessThan(share);
    expect(high).toBeGreaterThan(share);
    expect(shareOf(values)).toEqual(shareOf(values));
  });

  test('cross-validation answers a group by the setting that the others chose', () => {
    const trial = (setting: string, ...right: boolean[]) => ({
      setting,
      outcomes: right.map((isRight, at) => outcome({ id: String(at), isRight })),
    });
    const all = [trial('as it is', true, false, false, false), trial('other', false, true, true, true)];
    // The other setting is chosen for each: it is wrong on the first alone.
    expect(crossValidated(all, ({ id }) => id).share).toBe(3 / 4);
  });
});
