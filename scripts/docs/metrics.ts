import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble } from '../../src/assemble.ts';
import type { ShippingStatus } from '../../src/audit/ship/ship.ts';
import { openMetrics } from '../../src/server/metrics.ts';
import { SERVICES } from '../../src/services/index.ts';
import { servicesAtHand } from '../../src/toolset/service-source.ts';
import { code, table } from './markdown.ts';

const NOT_SHIPPING: ShippingStatus = {
  isActive: false,
  behindMs: 0,
  shipped: 0,
  refusedRequests: 0,
  skipped: new Map(),
};

/** Every metric that a server of the topology registers. It opens a real one, on a data directory of its own. */
export async function metricTable(topology: string): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'stackward-docs-'));
  const stackward = await assemble({
    topology,
    data,
    env: {},
    services: servicesAtHand(SERVICES),
    watch: false,
    report: () => {},
  });
  try {
    const metrics = openMetrics();
    metrics.observe(stackward);
    metrics.observeSessions(() => 0);
    metrics.observeShipping({ status: () => NOT_SHIPPING });
    const found = await metrics.registry.getMetricsAsJSON();
    const rows = found
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, type, help }) => [
        code(name),
        String(type),
        labelsOf(metrics.registry.getSingleMetric(name)),
        help,
      ]);
    return table(['metric', 'type', 'labels', 'meaning'], rows);
  } finally {
    await stackward.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** prom-client keeps the label names on the metric, and its types do not say so. */
function labelsOf(metric: unknown): string {
  const names =
    metric !== null && typeof metric === 'object' && 'labelNames' in metric ? metric.labelNames : [];
  return Array.isArray(names) ? names.map((name) => code(String(name))).join(', ') : '';
}
