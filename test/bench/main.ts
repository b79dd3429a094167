import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { Argument, Command } from 'commander';
import { type Lab, openLab } from './lab.ts';
import type { Bench } from './part.ts';
import { PARTS } from './parts.ts';

/** Everything that is measured, or the parts that are named; ratios compare ours with an ungoverned server in turns. */
const program = new Command('bench')
  .description('Measure Stackward on this machine: everything, or the parts that are named.')
  .addArgument(new Argument('[parts...]', 'what to measure').choices(PARTS.map(({ name }) => name)))
  .option('--json <file>', 'also write the figures as JSON; parts that are not run keep those in the file')
  .addHelpText(
    'after',
    `\nParts:\n${PARTS.map(({ name, title }) => `  ${name.padEnd(14)}${title}`).join('\n')}\n\nBENCH_LOSS_CALLS, BENCH_VERSIONS and BENCH_AUDIT_CALLS make those parts smaller, to see that they work.`,
  )
  .parse();
const { json } = program.opts<{ json?: string }>();
const named = new Set(program.args);

const say = (line: string) => process.stdout.write(`${process.stdout.isTTY ? '\r\x1b[K' : ''}${line}\n`);
let lab: Promise<Lab> | undefined;
const bench: Bench = {
  say: (line) => say(`  ${line}`),
  progress(text) {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K  ${text}`);
  },
  lab() {
    lab ??= openLab();
    return lab;
  },
};

execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
const before: Record<string, unknown> =
  json !== undefined && named.size > 0 && existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : {};
const figures: Record<string, unknown> = {
  ...before,
  date: new Date().toISOString(),
  machine: {
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
  },
};
try {
  for (const { name, title, run } of PARTS) {
    if (named.size > 0 && !named.has(name)) continue;
    say(`\n${title}`);
    const began = performance.now();
    Object.assign(figures, await run(bench));
    say(`  (${name}: ${Math.round((performance.now() - began) / 1000)} s)`);
    // A run that is cut off keeps what it has.
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
  }
} finally {
  await (await lab)?.close();
}
if (json !== undefined) say(`\nwritten to ${json}`);
