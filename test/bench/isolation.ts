import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openStack } from '../harness/stack.ts';
import { ratios, summarise, timed } from './statistics.ts';

const CALLS = 600;
const WARM_UP = 50;
/** What a healthy component takes for an answer. */
const HEALTHY_MS = 5;
/** Callers that keep asking the sick component while the healthy one is measured. */
const SICK_CALLERS = 16;

/** How a sick component behaves: it never answers, or it is not there. */
const SICK = ['silent', 'refusing'] as const;

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

/**
 * Calls to one component while sixteen callers keep asking another: one that is well, and one that is sick, in turns.
 * What differs is the sickness alone, so the ratio says how far it reaches.
 */
export async function benchIsolation() {
  const healthy = createServer((_request, response) => {
    setTimeout(
      () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok": true}'),
      HEALTHY_MS,
    );
  });
  const silent = createServer(() => {});
  const gone = createServer();
  const other = createServer((request, response) => healthy.emit('request', request, response));
  const ports = {
    healthy: await listen(healthy),
    well: await listen(other),
    silent: await listen(silent),
    refusing: await listen(gone),
  };
  gone.close();
  const stack = await openStack({ topology: topologyOf(ports) });
  const call = (component: string) => stack.call('http_read', { target: `${component}/state`, params: {} });
  const measured = async () => {
    const result = await call('healthy');
    if (result.isError) throw new Error(`the healthy component failed: ${JSON.stringify(result.content)}`);
  };
  try {
    for (let n = 0; n < WARM_UP; n++) await measured();
    const results = [];
    for (const sick of SICK) {
      const durations = { well: [] as number[], sick: [] as number[] };
      // In turns of fifty, so that both series see the machine in the same moods.
      for (let turn = 0; turn < CALLS / 50; turn++) {
        for (const [series, asked] of [
          ['well', 'well'],
          ['sick', sick],
        ] as const) {
          const stop = keepAsking(() => call(asked));
          for (let n = 0; n < 50; n++) durations[series].push(await timed(measured));
          stop();
        }
      }
      const series = { beside_sick: summarise(durations.sick), beside_well: summarise(durations.well) };
      results.push({ sick, ...series, ratio: ratios(series.beside_sick, series.beside_well) });
    }
    return results;
  } finally {
    await stack.close();
    for (const server of [healthy, other, silent]) {
      server.closeAllConnections();
      server.close();
    }
  }
}

/** Sixteen callers that ask again 20 ms after each answer. */
function keepAsking(ask: () => Promise<unknown>): () => void {
  let isOn = true;
  const loop = async () => {
    while (isOn) {
      await ask();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  for (let caller = 0; caller < SICK_CALLERS; caller++) void loop();
  return () => {
    isOn = false;
  };
}

const topologyOf = (ports: Readonly<Record<string, number>>): string => `stack: bench
components:
  app: {type: application}
${Object.entries(ports)
  .map(
    ([name, port]) =>
      `  ${name}: {type: http-service, base_url: 'http://127.0.0.1:${port}', endpoints: {state: {method: GET, path: /state}}}`,
  )
  .join('\n')}
links:
${Object.keys(ports)
  .map((name) => `  - {from: app, to: ${name}, type: calls}`)
  .join('\n')}
`;
