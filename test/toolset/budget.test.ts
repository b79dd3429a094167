import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { countTokens } from 'gpt-tokenizer';
import { expect, test } from 'vitest';
import { SERVICES } from '../../src/services/index.ts';
import { buildCatalog } from '../../src/toolset/catalog.ts';
import { drawnTypes } from '../../src/toolset/drawn-types.ts';
import { flagsFrom } from '../../src/toolset/flags.ts';
import { loadTopology } from '../../src/topology/load.ts';

const SHOP = fileURLToPath(new URL('../../topology/shop.yaml', import.meta.url));

test.each([
  ['as it is drawn', {}],
  ['with every write open', { MCP_ORDERS_DB_WRITE_ACCESS: 'true', MCP_CACHE_WRITE_ACCESS: 'true' }],
])('the demo stack’s list of tools, %s, stays under 10,000 tokens', async (_how, env) => {
  const text = await readFile(SHOP, 'utf8');
  const { graph } = loadTopology({ text, file: SHOP, types: drawnTypes(SERVICES) });
  if (!graph) throw new Error('the demo stack does not load');
  const { list } = buildCatalog(graph, SERVICES, flagsFrom(env), 'stack');
  expect(list.length).toBeGreaterThan(30);
  expect(countTokens(JSON.stringify({ tools: list }))).toBeLessThan(10_000);
});
