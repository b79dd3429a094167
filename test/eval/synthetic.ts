import type { Deploy, DiagnoseInput, Link, LogLine, Series } from '../../src/triage/diagnose/input.ts';
import type { EvalCase } from './case-file.ts';
import { seeded } from './random.ts';

/** What befalls the shop, and with it which answer is right. */
export const SCENARIOS = [
  'bad deploy',
  'dependency down',
  'resource hog',
  'healthy',
  'alert storm',
  'two culprits',
  'missing data',
  'constant series',
  'no baseline',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

const LINKS: readonly Link[] = [
  ['web', 'cart'],
  ['web', 'catalog'],
  ['web', 'checkout'],
  ['checkout', 'cart'],
  ['checkout', 'payment'],
  ['checkout', 'shipping'],
  ['checkout', 'mail'],
  ['cart', 'cart-cache'],
  ['catalog', 'catalog-db'],
  ['payment', 'payment-db'],
  ['shipping', 'rates'],
].map(([from = '', to = '']) => ({ from, to }));
const SERVICES = [...new Set(LINKS.flatMap(({ from, to }) => [from, to]))];
/** What a fault can be put into: not what alerts, so that it has to be found. */
const CULPRITS = SERVICES.filter((name) => name !== 'web');

const STEP = 15;
/** Points before the fault, and from it on. */
const BEFORE = 80;
const AFTER = 40;
const BEGIN = 1_700_000_000;

/** How far a fault at its height lifts each metric of its own component and, if it is passed on, of callers. */
interface Fault {
  readonly culprit: string;
  readonly latency: number;
  readonly errors: number;
  readonly cpu: number;
}

/** One case of a scenario: a made shop of twelve services with noise, and with its fault. The seed decides all. */
export function syntheticCase(scenario: Scenario, seed: number): EvalCase {
  const random = seeded(seed * 7919 + SCENARIOS.indexOf(scenario));
  const culprits = shuffled(CULPRITS, random);
  const [culprit = '', second = ''] = culprits;
  const faults = faultsOf(scenario, culprit, second, random);
  const measured = shop(faults, random);
  const fault = BEGIN + BEFORE * STEP;
  const input: DiagnoseInput = {
    topology: { components: SERVICES, links: LINKS },
    alert: {
      component: 'web',
      metric: faults[0]?.errors ? 'error_rate' : 'latency',
      stat: 'avg',
      at: fault + 3 * STEP,
    },
    series: withHoles(scenario, culprit, measured, random),
    ...(scenario !== 'no baseline' && { baseline: shop([], random) }),
    logs: logsOf(faults, fault, random),
    deploys: deploysOf(scenario, culprit, culprits.at(-1) ?? '', fault),
  };
  return {
    id: `${scenario}#${seed}`,
    source: `synthetic: ${scenario}`,
    culprit: scenario === 'healthy' ? null : culprit,
    input,
  };
}

function faultsOf(scenario: Scenario, culprit: string, second: string, random: () => number): Fault[] {
  const fault = { culprit, latency: 2 + 6 * random(), errors: 0, cpu: 0 };
  switch (scenario) {
    case 'healthy':
      return [];
    case 'dependency down':
      return [{ ...fault, latency: 0.5, errors: 0.3 + 0.6 * random() }];
    case 'resource hog':
      return [{ ...fault, cpu: 3 + 3 * random() }];
    case 'alert storm':
      return [{ ...fault, latency: 20, errors: 0.5 }];
    case 'two culprits':
      return [fault, { ...fault, culprit: second }];
    default:
      return [{ ...fault, errors: 0.1 * random() }];
  }
}

function shop(faults: readonly Fault[], random: () => number): Series[] {
  const t = Array.from({ length: BEFORE + AFTER }, (_, at) => BEGIN + at * STEP);
  const added = new Map(SERVICES.map((name) => [name, effects(name, faults)]));
  return SERVICES.flatMap((component, index) => {
    const base = 0.01 * (1 + (index % 4)) + 0.02 * callees(component).length;
    const { latency = 0, errors = 0, cpu = 0 } = added.get(component) ?? {};
    const points = (level: number, noise: number, extra: number) =>
      t.map((_, at) => Math.max(0, level + noise * normal(random) + (at >= BEFORE ? extra : 0)));
    const one = (metric: string, v: (number | null)[]): Series => ({ component, metric, stat: 'avg', t, v });
    return [
      one('latency', points(base, base * 0.05, latency)),
      one('error_rate', points(0.002, 0.001, errors)),
      one('cpu', points(0.3, 0.03, 0.1 * cpu)),
      one('memory', points(0.5, 0.01, 0)),
      one('requests', points(100, 5, 0)),
    ];
  });
}

/** What the faults do to a component: its own, and what its callees pass up, one call for each. */
function effects(name: string, faults: readonly Fault[]): { latency: number; errors: number; cpu: number } {
  const own = faults.filter(({ culprit }) => culprit === name);
  const below = callees(name).map((callee) => effects(callee, faults));
  const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);
  return {
    latency: sum(own.map(({ latency }) => latency * 0.02)) + sum(below.map(({ latency }) => latency)),
    errors: Math.min(1, sum(own.map(({ errors }) => errors)) + 0.9 * sum(below.map(({ errors }) => errors))),
    cpu: sum(own.map(({ cpu }) => cpu)),
  };
}

const callees = (name: string): string[] => LINKS.filter(({ from }) => from === name).map(({ to }) => to);

function withHoles(scenario: Scenario, culprit: string, series: Series[], random: () => number): Series[] {
  if (scenario === 'missing data') {
    return series
      .filter(({ component, metric }) => component === culprit || metric === 'latency' || random() < 0.5)
      .map((one) => ({ ...one, v: one.v.map((value) => (random() < 0.3 ? null : value)) }));
  }
  if (scenario !== 'constant series') return series;
  return series.map((one) => (one.metric === 'memory' ? { ...one, v: one.v.map(() => 1) } : one));
}

/** Every component logs, and the ones with failures log those; the words are the same before and after. */
function logsOf(faults: readonly Fault[], fault: number, random: () => number): LogLine[] {
  const quiet = SERVICES.flatMap((component) =>
    Array.from({ length: 20 }, (_, at) => ({
      component,
      t: BEGIN + at * 90,
      line: `GET /item/${Math.floor(random() * 1e4)} 200`,
    })),
  );
  const loud = faults
    .filter(({ errors }) => errors > 0)
    .flatMap(({ culprit: component }) =>
      Array.from({ length: 15 }, (_, at) => ({
        component,
        t: fault + at * 20,
        line: `error: request ${Math.floor(random() * 1e6)} failed`,
      })),
    );
  return [...quiet, ...loud];
}

/** In each scenario a component that is well was deployed lately, too: a red herring. */
function deploysOf(scenario: Scenario, culprit: string, herring: string, fault: number): Deploy[] {
  const deploy = (component: string, t: number, sha: string) => ({
    component,
    t,
    sha,
    image: `shop/${component}:${sha}`,
  });
  return [
    ...(scenario === 'bad deploy' ? [deploy(culprit, fault - 120, 'bad0001')] : []),
    deploy(herring, fault - 300, 'fine002'),
    deploy(culprit, fault - 86_400, 'old0003'),
  ];
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** A normally distributed number, by Box and Muller. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
