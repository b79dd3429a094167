import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { disguised, harmless, samples } from './corpus.ts';
import { measureFalseAlterations, measureRecall, measureSpeed, type Recall } from './measure.ts';

/** Recall and false alterations of the redactor over a generated corpus, and how fast it reads. */
const options = new Command('bench:redact')
  .description('Measure the structural redactor.')
  .option('--json <file>', 'also write the figures as JSON')
  .option('--seed <n>', 'another corpus', '1')
  .option('--count <n>', 'labelled texts, and as many look-alikes', '6000')
  .option('--show <n>', 'print so many misses and false alterations of each kind', '0')
  .parse()
  .opts<{ json?: string; seed: string; count: string; show: string }>();
const seed = Number(options.seed);
const count = Number(options.count);
const show = Number(options.show);
const say = (line: string) => process.stdout.write(`${line}\n`);
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)} %`;

const sum = (rows: readonly Recall[], field: 'labels' | 'found' | 'partly') =>
  rows.reduce((total, row) => total + row[field], 0);

function printRecall(title: string, rows: readonly Recall[]) {
  say(`\n${title}`);
  for (const row of [...rows].sort((a, b) => a.found / a.labels - b.found / b.labels)) {
    say(
      `  ${row.kind.padEnd(36)} ${String(row.found).padStart(5)} / ${String(row.labels).padEnd(5)} ${percent(row.found, row.labels).padStart(9)}   partly ${row.partly}, hidden beside ${percent(row.outside, 1)}`,
    );
    for (const { context, text } of row.missed.slice(0, show))
      say(`      missed in ${context}: ${JSON.stringify(text).slice(0, 300)}`);
  }
  say(
    `  overall recall ${percent(sum(rows, 'found'), sum(rows, 'labels'))} of ${sum(rows, 'labels')}, partly hidden ${sum(rows, 'partly')}`,
  );
}

const plain = measureRecall(samples(seed, count));
printRecall('Recall by kind, every character of the label hidden', plain);
const tricks = measureRecall(disguised(seed + 1, Math.ceil(count / 4)));
printRecall('Recall under disguises', tricks);

const falseRows = measureFalseAlterations(harmless(seed + 2, count));
const altered = falseRows.reduce((total, row) => total + row.altered, 0);
say('\nFalse alterations, look-alikes that were changed');
for (const { kind, texts, altered: changed, examples } of falseRows) {
  say(`  ${kind.padEnd(36)} ${String(changed).padStart(5)} / ${texts}`);
  for (const { redacted } of examples.slice(0, show))
    say(`      became: ${JSON.stringify(redacted).slice(0, 300)}`);
}
say(`  overall ${percent(altered, count)} of ${count}`);

const logs = harmless(seed + 3, 20_000)
  .map(({ text }) => text)
  .join('\n');
const mixed = samples(seed + 4, 6000)
  .map(({ text }) => text)
  .join('\n');
const speed = {
  look_alikes: { megabytes: logs.length / 1e6, mb_per_second: measureSpeed(logs) },
  secrets_everywhere: { megabytes: mixed.length / 1e6, mb_per_second: measureSpeed(mixed) },
};
say('\nThroughput');
for (const [name, { megabytes, mb_per_second }] of Object.entries(speed))
  say(`  ${name.padEnd(36)} ${mb_per_second.toFixed(1)} MB/s of ${megabytes.toFixed(1)} MB`);

if (options.json) {
  const rows = (recall: readonly Recall[]) => recall.map(({ missed: _, ...row }) => row);
  const figures = {
    seed,
    recall: { overall: sum(plain, 'found') / sum(plain, 'labels'), kinds: rows(plain) },
    disguised: { overall: sum(tricks, 'found') / sum(tricks, 'labels'), kinds: rows(tricks) },
    false_alterations: { overall: altered / count, kinds: falseRows.map(({ examples: _, ...row }) => row) },
    throughput: speed,
  };
  writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  say(`\nwritten to ${options.json}`);
}
