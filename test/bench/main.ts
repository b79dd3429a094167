import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { Command } from 'commander';
import { benchAudit } from './audit.ts';
import { benchAuditQueries } from './audit-query.ts';
import { benchCatalog } from './catalog.ts';
import { benchColdStart } from './cold-start.ts';
import { benchIsolation } from './isolation.ts';
import { openLab } from './lab.ts';
import { benchMask } from './mask.bench.ts';
import { benchSelect, benchThroughput } from './select.ts';
import { benchToolbox } from './toolbox.ts';
import { benchVersions } from './versions.ts';

/** Everything that is measured, in one run; ratios compare ours with an ungoverned server in turns. */
const { json } = new Command('bench')
  .description('Measure Stackward against an ungoverned server on this machine.')
  .option('--json <file>', 'also write the figures as JSON')
  .parse()
  .opts<{ json?: string }>();

const say = (line: string) => process.stdout.write(`${line}\n`);
const step = async <T>(title: string, work: () => Promise<T>): Promise<T> => {
  say(`\n${title}`);
  return work();
};

execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
const figures: Record<string, unknown> = {
  date: new Date().toISOString(),
  machine: {
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
  },
};

const lab = await openLab();
try {
  await step('SELECT over stdio, governed against ungoverned, in turns (ms)', async () => {
    const rows = await benchSelect(await lab.stdio('ours'), await lab.stdio('bare'));
    figures.select = rows;
    for (const { backend_ms, governed, ungoverned, ratio } of rows) {
      say(
        `  backend ${backend_ms} ms: p50 ${governed.p50} / ${ungoverned.p50} = ${ratio.p50}x, p99 ${governed.p99} / ${ungoverned.p99} = ${ratio.p99}x (${governed.count} calls each)`,
      );
    }
  });
  await step('Calls per second, governed against ungoverned, in turns', async () => {
    const rows = [...(await benchThroughput(lab, 'stdio')), ...(await benchThroughput(lab, 'http'))];
    figures.throughput = rows;
    for (const row of rows)
      say(`  ${row.transport}, ${row.callers} callers: ${row.governed} / ${row.ungoverned} = ${row.ratio}x`);
  });
  await step('Cold start to the answer of initialize (ms)', async () => {
    const start = await benchColdStart(lab);
    figures.cold_start = start;
    say(
      `  p50 ${start.governed.p50} / ${start.ungoverned.p50} = ${start.ratio.p50}x (${start.governed.count} starts each)`,
    );
  });
  await step('Against MCP Toolbox for Databases on the same database, over HTTP, in turns', async () => {
    const found = await benchToolbox(lab);
    if (!found) return say('  it could not be fetched, so nothing was compared');
    figures.toolbox = found;
    for (const { callers, ours, toolbox, ratio } of found.rows)
      say(
        `  ${callers} callers: ${ours.per_second} / ${toolbox.per_second} calls per second = ${ratio.per_second}x; p50 ${ours.p50} / ${toolbox.p50} ms, p99 ${ours.p99} / ${toolbox.p99} ms`,
      );
    say(`  resident memory: ${found.memory_mib.ours} / ${found.memory_mib.toolbox} MiB`);
  });
} finally {
  await lab.close();
}

await step('One component while another is sick, against while it is well, in turns (ms)', async () => {
  const rows = await benchIsolation();
  figures.isolation = rows;
  for (const { sick, beside_sick, beside_well, ratio } of rows)
    say(
      `  beside one that is ${sick}: p50 ${beside_sick.p50} / ${beside_well.p50} = ${ratio.p50}x, p99 ${beside_sick.p99} / ${beside_well.p99} = ${ratio.p99}x (${beside_sick.count} calls each)`,
    );
});
await step('Topology and catalog by number of components', async () => {
  const rows = await benchCatalog();
  figures.catalog = rows;
  for (const row of rows)
    say(
      `  ${row.components}: load ${row.load_ms} ms, tools/list ${row.list_bytes} bytes, call p50 ${row.call.p50} ms, p99 ${row.call.p99} ms (${row.ratio}x of the smallest)`,
    );
});
await step('Versions of 100 components (ms)', async () => {
  const rows = await benchVersions();
  figures.versions = rows;
  for (const { versions, list, diff, bytes, unchanged_version_bytes: unchanged } of rows)
    say(
      `  ${versions} versions: list of 10 p50 ${list.p50}, p99 ${list.p99}; diff p50 ${diff.p50}, p99 ${diff.p99}; ${bytes} bytes, ${unchanged} more for one in which nothing changed`,
    );
});
await step('Audit on this disk', async () => {
  const audit = await benchAudit();
  figures.audit = audit;
  for (const [name, value] of Object.entries(audit)) say(`  ${name}: ${value}`);
});
await step('Searches in a million records of audit, the newest 50 (ms)', async () => {
  const rows = await benchAuditQueries();
  figures.audit_queries = rows;
  for (const { engine, records, queries, ...rest } of rows) {
    say(
      `  ${engine}: ${records} records, ${rest.records_per_second_64} durable a second with 64 callers, ${rest.verify_records_per_second} verified a second`,
    );
    for (const { query, p50, p99 } of queries) say(`    ${query}: p50 ${p50}, p99 ${p99}`);
  }
});
await step('Mask, 200 secrets (MB/s)', async () => {
  const mask = benchMask();
  figures.mask = mask;
  for (const row of mask) say(`  ${JSON.stringify(row)}`);
});
if (json) {
  writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
  say(`\nwritten to ${json}`);
}
