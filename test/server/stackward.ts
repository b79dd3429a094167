import { type HttpOptions, type HttpServing, serveHttp } from '../../src/server/http.ts';
import { type Metrics, openMetrics } from '../../src/server/metrics.ts';
import type { Stackward } from '../../src/stackward.ts';
import { openStack, type TestStack } from '../harness/stack.ts';
import { type Box, openFixture } from './fixture-service.ts';

/** One drawn link of the agent `helper` to each of two drawers; `other` has none. */
export const TOPOLOGY = `stack: fixture
components:
  store: {type: box, drawers: {a: {}, b: {}}}
  helper: {type: agent}
  other: {type: agent}
links:
  - {from: helper, to: store, type: uses}
`;

/** The same without the link. */
export const UNLINKED = TOPOLOGY.slice(0, TOPOLOGY.indexOf('links:'));

export interface Fixture extends TestStack {
  readonly box: Box;
  readonly metrics: Metrics;
}

/** A Stackward over the fixture service, with writes open. */
export async function openFixtureStack(
  options: {
    topology?: string;
    watch?: boolean;
    operatorApproval?: boolean;
    env?: Record<string, string>;
    prepare?: (dataDir: string) => Promise<void>;
  } = {},
): Promise<Fixture> {
  const { box, services } = openFixture();
  const metrics = openMetrics();
  const stack = await openStack({
    topology: options.topology ?? TOPOLOGY,
    env: options.env ?? { MCP_STORE_WRITE_ACCESS: 'true' },
    watch: options.watch ?? false,
    operatorApproval: options.operatorApproval ?? false,
    ...(options.prepare ? { prepare: options.prepare } : {}),
    services,
    meter: metrics.meter,
  });
  return { ...stack, box, metrics };
}

/** Serves a fixture over HTTP on a free loopback port. */
export const serveFixture = (fixture: Fixture, options: Partial<HttpOptions> = {}): Promise<HttpServing> =>
  serveHttp(fixture.stackward, { port: 0, metrics: fixture.metrics, ...options });

/** Every record in the audit, in order. The Stackward must be closed, or its records durable. */
export async function auditRecords(stackward: Pick<Stackward, 'dataDir'>) {
  const { readRecords } = await import('../../src/audit/read.ts');
  const { openFileBook } = await import('../../src/audit/file-book.ts');
  const records = [];
  for await (const { record } of readRecords(openFileBook(`${stackward.dataDir}/audit`)))
    records.push(record);
  return records;
}
