import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { openMetrics } from '../../src/server/metrics.ts';
import { ensureProgram } from '../harness/install.ts';
import { openServed } from '../server/served.ts';

const FOLDER = new URL('../../examples/monitoring/', import.meta.url).pathname;
const RULES = `${FOLDER}stackward-rules.yaml`;

/** Every metric that a server has, whether or not something happened yet. */
async function servedMetrics(): Promise<Set<string>> {
  const metrics = openMetrics();
  await openServed({ metrics });
  const status = { isActive: true, behindMs: 0, shipped: 0, refusedRequests: 0, skipped: new Map() };
  metrics.observeShipping({ status: () => status });
  const text = await metrics.registry.getMetricsAsJSON();
  return new Set(
    text.flatMap(({ name, type }) =>
      String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

/** The names of metrics in a query. Throws where it is not PromQL. */
function metricsIn(query: string): string[] {
  // Grafana puts a duration and a value in place of its variables.
  const promql = query.replaceAll('$__rate_interval', '5m').replaceAll('$job', 'stackward');
  const names: string[] = [];
  parser.parse(promql).iterate({
    enter({ name, from, to, type }) {
      if (type.isError) throw new Error(`not PromQL: ${query}`);
      if (name === 'Identifier') names.push(promql.slice(from, to));
    },
  });
  return names;
}

const OWN = /^stackward_/;

test('the dashboard asks for metrics that there are', async () => {
  const { panels } = JSON.parse(await readFile(`${FOLDER}grafana-dashboard.json`, 'utf8')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricsIn(expr)));
  expect(asked.filter((name) => OWN.test(name)).length).toBeGreaterThan(10);
  const served = await servedMetrics();
  expect(asked.filter((name) => !served.has(name))).toEqual([]);
});

test('the rules ask for metrics that there are', async () => {
  const { groups } = parse(await readFile(RULES, 'utf8')) as { groups: { rules: { expr: string }[] }[] };
  const asked = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => metricsIn(expr)));
  const served = await servedMetrics();
  expect(asked.filter((name) => OWN.test(name) && !served.has(name))).toEqual([]);
});

test.runIf(ensureProgram('prometheus'))(
  'Prometheus fires each alert when it should, and not before',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rules-'));
    const cases = await readFile(new URL('rules-test.yaml', import.meta.url), 'utf8');
    await writeFile(join(folder, 'cases.yaml'), cases.replace('RULES', RULES));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', join(folder, 'cases.yaml')], {
      encoding: 'utf8',
    });
    await rm(folder, { recursive: true });
    expect(`${stdout}${stderr}`).toContain('SUCCESS');
    expect(status).toBe(0);
  },
);
