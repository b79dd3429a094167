import { benchAudit } from './audit.ts';
import { benchAuditQueries } from './audit-query.ts';
import { benchCatalog } from './catalog.ts';
import { benchColdStart } from './cold-start.ts';
import { benchIsolation } from './isolation.ts';
import { benchLosses } from './losses.ts';
import { benchMask } from './mask.bench.ts';
import type { Part } from './part.ts';
import { benchReplicas } from './replicas.ts';
import { benchSelect, benchThroughput } from './select.ts';
import { benchToolbox } from './toolbox.ts';
import { benchVersions } from './versions.ts';

/** Everything that is measured, in the order in which it runs. */
export const PARTS: readonly Part[] = [
  {
    name: 'select',
    title: 'SELECT over stdio, governed against ungoverned, in turns (ms)',
    async run({ say, lab }) {
      const { stdio } = await lab();
      const rows = await benchSelect(await stdio('ours'), await stdio('bare'));
      for (const { backend_ms, governed, ungoverned, ratio } of rows)
        say(
          `backend ${backend_ms} ms: p50 ${governed.p50} / ${ungoverned.p50} = ${ratio.p50}x, p99 ${governed.p99} / ${ungoverned.p99} = ${ratio.p99}x (${governed.count} calls each)`,
        );
      return { select: rows };
    },
  },
  {
    name: 'throughput',
    title: 'Calls per second, governed against ungoverned, in turns',
    async run({ say, lab }) {
      const at = await lab();
      const rows = [...(await benchThroughput(at, 'stdio')), ...(await benchThroughput(at, 'http'))];
      for (const row of rows)
        say(`${row.transport}, ${row.callers} callers: ${row.governed} / ${row.ungoverned} = ${row.ratio}x`);
      return { throughput: rows };
    },
  },
  {
    name: 'cold-start',
    title: 'Cold start to the answer of initialize (ms)',
    async run({ say, lab }) {
      const start = await benchColdStart(await lab());
      say(
        `p50 ${start.governed.p50} / ${start.ungoverned.p50} = ${start.ratio.p50}x (${start.governed.count} starts each)`,
      );
      return { cold_start: start };
    },
  },
  {
    name: 'toolbox',
    title: 'Against MCP Toolbox for Databases on the same database, over HTTP, in turns',
    async run({ say, lab }) {
      const found = await benchToolbox(await lab());
      if (!found) {
        say('it could not be fetched, so nothing was compared');
        return {};
      }
      for (const { callers, ours, toolbox, ratio } of found.rows)
        say(
          `${callers} callers: ${ours.per_second} / ${toolbox.per_second} calls per second = ${ratio.per_second}x; p50 ${ours.p50} / ${toolbox.p50} ms, p99 ${ours.p99} / ${toolbox.p99} ms`,
        );
      say(`resident memory: ${found.memory_mib.ours} / ${found.memory_mib.toolbox} MiB`);
      return { toolbox: found };
    },
  },
  {
    name: 'replicas',
    title:
      'Replicas on one PostgreSQL behind a round-robin proxy, backend 5 ms, and what the machine gives at all',
    run: async (bench) => ({ replicas: await benchReplicas(bench) }),
  },
  {
    name: 'losses',
    title: 'Calls while a replica is killed every second',
    run: async (bench) => ({ losses: await benchLosses(bench) }),
  },
  {
    name: 'isolation',
    title: 'One component while another is sick, against while it is well, in turns (ms)',
    async run({ say }) {
      const rows = await benchIsolation();
      for (const { sick, beside_sick, beside_well, ratio } of rows)
        say(
          `beside one that is ${sick}: p50 ${beside_sick.p50} / ${beside_well.p50} = ${ratio.p50}x, p99 ${beside_sick.p99} / ${beside_well.p99} = ${ratio.p99}x (${beside_sick.count} calls each)`,
        );
      return { isolation: rows };
    },
  },
  {
    name: 'catalog',
    title: 'Topology and catalog by number of components',
    async run({ say }) {
      const rows = await benchCatalog();
      for (const row of rows)
        say(
          `${row.components}: load ${row.load_ms} ms, tools/list ${row.list_bytes} bytes, call p50 ${row.call.p50} ms, p99 ${row.call.p99} ms (${row.ratio}x of the smallest)`,
        );
      return { catalog: rows };
    },
  },
  {
    name: 'versions',
    title: 'Versions of 100 components (ms)',
    run: async (bench) => ({ versions: await benchVersions(bench) }),
  },
  {
    name: 'audit',
    title: 'Audit on this disk',
    async run({ say }) {
      const audit = await benchAudit();
      for (const [name, value] of Object.entries(audit)) say(`${name}: ${value}`);
      return { audit };
    },
  },
  {
    name: 'audit-queries',
    title: 'Searches in a million records of audit, the newest 50 (ms)',
    run: async (bench) => ({ audit_queries: await benchAuditQueries(bench) }),
  },
  {
    name: 'mask',
    title: 'Mask, 200 secrets (MB/s)',
    async run({ say }) {
      const mask = benchMask();
      for (const row of mask) say(JSON.stringify(row));
      return { mask };
    },
  },
];
