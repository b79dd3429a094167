import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assemble } from '../../assemble.ts';
import type { Meter } from '../../call/meter.ts';
import { SERVICES_BY_TYPE } from '../../services/by-type.ts';
import type { Stackward } from '../../stackward.ts';
import { servicesByType } from '../../toolset/service-source.ts';
import { openDemoIncidents } from '../../triage/mock/governed/incidents.ts';
import { mockService } from '../../triage/mock/governed/service.ts';
import { openMockWorld } from '../../triage/mock/governed/world.ts';
import { SCENARIOS } from '../../triage/mock/scenarios/index.ts';
import { ordersDb, type Shop } from './shop.ts';

/** The server of the incident: everything is real but the services of the mock cluster, whose type says so. */
export interface IncidentStack {
  readonly stackward: Stackward;
  readonly incidents: Awaited<ReturnType<typeof openDemoIncidents>>;
  readonly topology: string;
  close(): Promise<void>;
}

const MOCKED = ['gateway', 'orders-api', 'search', 'inventory', 'payments'];

const topologyText = ({ port }: Shop) => `stack: shop
components:
  gateway:    {type: mock-service, description: Takes the shop's requests}
  orders-api: {type: mock-service, description: Takes and tracks orders}
  search:     {type: mock-service}
  inventory:  {type: mock-service}
  payments:   {type: mock-service, protected: true}
${ordersDb(port)}
  triage: {type: agent, requires: diagnosis, description: Works on incidents}
links:
  - {from: gateway, to: orders-api, type: calls}
  - {from: gateway, to: search, type: calls}
  - {from: orders-api, to: payments, type: calls}
  - {from: orders-api, to: inventory, type: calls}
  - {from: orders-api, to: orders-db, type: queries, databases: [orders, billing]}
${MOCKED.map((name) => `  - {from: triage, to: ${name}, type: operates}\n`).join('')}`;

/** Every write flag is on, that of the protected one too: it is not for want of a flag that it stays as it is. */
const flags = Object.fromEntries(
  [...MOCKED, 'orders-db'].map((name) => [
    `MCP_${name.toUpperCase().replaceAll('-', '_')}_WRITE_ACCESS`,
    'true',
  ]),
);

/**
 * Assembles it beside the shop's own server, with a data directory of its own.
 * @param options.paceMs how long each look at the heal takes on screen, in milliseconds
 */
export async function openIncidentStack(
  shop: Shop,
  { paceMs, report, meter }: { paceMs: number; report(message: string): void; meter?: Meter },
): Promise<IncidentStack> {
  const topology = join(dirname(shop.topology), 'incident', 'incident.yaml');
  await mkdir(dirname(topology));
  await writeFile(topology, topologyText(shop));
  const quiet = SCENARIOS.find(({ name }) => name === 'healthy');
  if (!quiet) throw new Error('the demonstration has no script in which nothing is wrong');
  const world = openMockWorld(quiet);
  const stackward = await assemble({
    topology,
    env: { ...shop.env, ...flags },
    services: servicesByType(new Map([...SERVICES_BY_TYPE, ['mock-service', mockService(world)]])),
    watch: true,
    report: (level, message) => {
      if (level !== 'info') report(message);
    },
    ...(meter ? { meter } : {}),
  });
  const incidents = await openDemoIncidents(stackward, { principal: 'triage', world, paceMs, report });
  return {
    stackward,
    incidents,
    topology,
    async close() {
      await incidents.close();
      await stackward.close();
    },
  };
}
