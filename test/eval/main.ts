import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { groupBy } from '../../src/triage/diagnose/group.ts';
import { type EvalCase, readCases } from './case-file.ts';
import { healthyCases } from './healthy-cases.ts';
import { madeIncidents } from './made-incidents.ts';
import { reportLines } from './report.ts';
import { figuresOf, type Outcome, runCase } from './scores.ts';
import { crossValidated, trials } from './sensitivity.ts';
import { SCENARIOS, syntheticCase } from './synthetic.ts';

/** How well the diagnoser that needs no model does on labelled incidents. */
const options = new Command('eval')
  .description('Measure the diagnoser on a folder of labelled incidents (docs/diagnoser.md).')
  .requiredOption('--cases <folder>', 'cases in the form incident-case/1, with their baselines beside them')
  .option('--json <file>', 'also write figures and the outcome of every case as JSON')
  .option('--healthy <n>', 'healthy cases to cut from each baseline', Number, 60)
  .option('--made <n>', 'incidents to make from each baseline by adding a fault at random', Number, 0)
  .option('--synthetic <n>', 'cases to make of each synthetic scenario', Number, 0)
  .option('--sensitivity', 'also halve and double each parameter, and cross-validate the choice', false)
  .parse()
  .opts<{
    cases: string;
    json?: string;
    healthy: number;
    made: number;
    synthetic: number;
    sensitivity: boolean;
  }>();

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 1;
}

function main(): void {
  const folder = readCases(options.cases);
  const healthy = healthyCases(folder, options.healthy);
  const made = options.made > 0 ? madeIncidents(folder, options.made, 1) : [];
  const synthetic = SCENARIOS.flatMap((scenario) =>
    Array.from({ length: options.synthetic }, (_, seed) => syntheticCase(scenario, seed)),
  );
  say(`${folder.cases.length} cases from ${options.cases}`);
  say(`${healthy.length} healthy cases, made here by cutting windows out of normal operation`);
  say('AC@k counts an incident that was called nothing as missed; "ranked" looks at the ranking alone');
  if (made.length > 0) say(`${made.length} incidents, made here by adding a fault to normal operation`);
  const outcomes = [...folder.cases, ...healthy, ...made, ...synthetic].map(runCase);
  const bySource = groupBy(outcomes, ({ source }) => source);
  for (const [source, some] of bySource) for (const line of reportLines(source, figuresOf(some))) say(line);
  const own = new Set(folder.cases.map(({ source }) => source));
  const all = outcomes.filter(({ source }) => own.has(source) || source.startsWith('healthy windows'));
  for (const line of reportLines('all cases, and the healthy ones made of them', figuresOf(all))) say(line);
  const wrong = outcomes.filter(({ source, isRight }) => own.has(source) && !isRight);
  for (const one of wrong) say(wrongLine(one));
  if (options.sensitivity) sensitivity(folder.cases, healthy);
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify(figuresFile(bySource, all, outcomes), null, 2)}\n`);
}

const wrongLine = ({ id, culprit, verdict, rank, first }: Outcome): string =>
  `  wrong: ${id}: ${culprit ?? 'nothing'} wanted, ${verdict} said, ${rank === null ? 'not ranked' : `ranked ${rank}`}; first ${first[0] ?? 'none'}`;

function sensitivity(cases: readonly EvalCase[], healthy: readonly EvalCase[]): void {
  say('\nEach parameter halved and doubled: AC@1 of the cases, specificity of the healthy ones');
  const all = trials([...cases, ...healthy]);
  for (const { setting, outcomes } of all) {
    const { ac1, specificity } = figuresOf(outcomes);
    say(`  ${setting.padEnd(24)} ${ac1.share.toFixed(3)}  ${specificity.share.toFixed(3)}`);
  }
  // The traffic under which a case was recorded is in its name: petshop-high-train-3, petshop-high.baseline.json@120.
  const traffic = ({ id }: Outcome) => /^[^-]+-[a-z]+/.exec(id)?.[0] ?? id;
  const left = crossValidated(all, ({ id }) => id);
  const across = crossValidated(all, traffic);
  say('The setting chosen on the other cases alone, AC@1:');
  say(`  leaving one out   ${left.share.toFixed(3)}  [${left.low.toFixed(3)}, ${left.high.toFixed(3)}]`);
  say(
    `  across recordings ${across.share.toFixed(3)}  [${across.low.toFixed(3)}, ${across.high.toFixed(3)}]`,
  );
}

function figuresFile(
  bySource: ReadonlyMap<string, readonly Outcome[]>,
  all: readonly Outcome[],
  outcomes: readonly Outcome[],
) {
  const sources = Object.fromEntries([...bySource].map(([source, some]) => [source, figuresOf(some)]));
  return { sources, all: figuresOf(all), cases: outcomes };
}
