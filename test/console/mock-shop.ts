import { onTestFinished } from 'vitest';
import { makeToken } from '../../src/server/auth/local-tokens.ts';
import { type HttpOptions, serveHttp } from '../../src/server/http.ts';
import { openMetrics } from '../../src/server/metrics.ts';
import { agent } from '../../src/services/agent/service.ts';
import { stack } from '../../src/services/stack/service.ts';
import { openTokenFiles } from '../../src/store/token-files.ts';
import { openDemoIncidents } from '../../src/triage/mock/governed/incidents.ts';
import { mockService } from '../../src/triage/mock/governed/service.ts';
import { openMockWorld } from '../../src/triage/mock/governed/world.ts';
import { openPage } from '../harness/browser.ts';
import { openStack } from '../harness/stack.ts';
import { scenario } from '../triage/lab.ts';

const NAMES = ['gateway', 'orders-api', 'search', 'inventory', 'payments'];

const TOPOLOGY = `stack: shop
components:
${NAMES.map((name) => `  ${name}: {type: mock-service${name === 'payments' ? ', protected: true' : ''}}\n`).join('')}  triage: {type: agent, requires: diagnosis}
links:
  - {from: gateway, to: orders-api, type: calls}
  - {from: orders-api, to: payments, type: calls}
  - {from: orders-api, to: inventory, type: calls}
${NAMES.map((name) => `  - {from: triage, to: ${name}, type: operates}\n`).join('')}`;

const FLAGS = Object.fromEntries(
  NAMES.map((name) => [`MCP_${name.toUpperCase().replace('-', '_')}_WRITE_ACCESS`, 'true']),
);

/** The mock cluster behind a real server with its console, until the test ends. */
export async function openMockShop(options: Partial<HttpOptions> & { paceMs?: number } = {}) {
  const { paceMs = 0, ...http } = options;
  const world = openMockWorld(scenario('healthy'));
  const mock = await mockService(world).load();
  const fixture = await openStack({
    topology: TOPOLOGY,
    env: FLAGS,
    services: new Map([mock, agent, stack].map((one) => [one.type, one])),
  });
  onTestFinished(() => fixture.close());
  const incidents = await openDemoIncidents(fixture.stackward, {
    principal: 'triage',
    world,
    paceMs,
    report: (message) => {
      throw new Error(message);
    },
  });
  onTestFinished(() => incidents.close());
  const tokens = openTokenFiles(fixture.dataDir);
  const metrics = openMetrics();
  const serving = await serveHttp(fixture.stackward, {
    port: 0,
    incidents,
    metrics,
    localOperator: true,
    ...http,
  });
  onTestFinished(() => serving.close());
  return {
    fixture,
    world,
    incidents,
    url: serving.url,
    see: (place = '', window?: Parameters<typeof openPage>[1]) =>
      openPage(`${serving.url}/console/${place}`, window),
    tokens,
    token: (principal: string) => makeToken(tokens, { principal }),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${serving.url}/console/api/${path}`, {
        method: 'POST',
        headers: { origin: serving.url, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    /** Runs a script to its end; the ids of its runs as an address names them. */
    async drill(name: string) {
      const { runs, ended } = incidents.drills.start(name);
      await ended;
      return { ...runs, beside: `${runs.naive}/${runs.governed}/${runs.hardened}` };
    },
  };
}
