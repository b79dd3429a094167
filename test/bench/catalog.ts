import { SERVICES } from '../../src/services/index.ts';
import { buildCatalog } from '../../src/toolset/catalog.ts';
import { drawnTypes } from '../../src/toolset/drawn-types.ts';
import { flagsFrom } from '../../src/toolset/flags.ts';
import { loadTopology } from '../../src/topology/load.ts';
import { openStack } from '../harness/stack.ts';
import { round, type Series, summarise, timed } from './statistics.ts';

const SIZES = [10, 1_000, 10_000] as const;
const CALLS = 300;

/** Loading a topology into a catalog, and the time of one call, by the number of components. Calls take turns. */
export async function benchCatalog() {
  const stacks = [];
  for (const size of SIZES) {
    const text = topologyOf(size);
    const load_ms = round(await timed(async () => loadOnce(text)));
    const stack = await openStack({ topology: text });
    const list_bytes = Buffer.byteLength(JSON.stringify(stack.stackward.catalogs.of('stack').list));
    stacks.push({ size, load_ms, list_bytes, stack, durations: [] as number[] });
  }
  for (let call = -20; call < CALLS; call++) {
    for (const { stack, durations } of stacks) {
      const took = await timed(() => stack.call('stack_components', { name: 'app-1' }));
      if (call >= 0) durations.push(took);
    }
  }
  const results: { components: number; load_ms: number; list_bytes: number; call: Series; ratio: number }[] =
    [];
  for (const { size, load_ms, list_bytes, stack, durations } of stacks) {
    const call = summarise(durations);
    results.push({
      components: size,
      load_ms,
      list_bytes,
      call,
      ratio: round(call.p50 / (results[0]?.call.p50 ?? call.p50)),
    });
    await stack.close();
  }
  return results;
}

function loadOnce(text: string): void {
  const loaded = loadTopology({ text, file: 'bench.yaml', types: drawnTypes(SERVICES) });
  if (loaded.problems) throw new Error('the bench topology does not hold');
  buildCatalog(loaded.graph, SERVICES, flagsFrom({}), 'stack');
}

/** Half applications, half databases; each application queries its own database. */
function topologyOf(size: number): string {
  const pairs = Array.from({ length: size / 2 }, (_, at) => at);
  const components = pairs.map(
    (at) => `  app-${at}: {type: application}
  db-${at}: {type: postgresql, host: 10.0.0.1, credentials: {user: {env: U}, password: {env: P}}, databases: {main: {}}}`,
  );
  const links = pairs.map((at) => `  - {from: app-${at}, to: db-${at}, type: queries}`);
  return `stack: bench\ncomponents:\n${components.join('\n')}\nlinks:\n${links.join('\n')}\n`;
}
