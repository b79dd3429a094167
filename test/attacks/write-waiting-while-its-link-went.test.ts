import { expect, test } from 'vitest';
import { drawnTypes } from '../../src/toolset/drawn-types.ts';
import { loadTopology } from '../../src/topology/load.ts';
import { openFixture } from '../server/fixture-service.ts';
import { openFixtureStack, TOPOLOGY } from '../server/stackward.ts';

/** As many calls as the fixture's component runs at once. */
const RUNNING = 16;

function graphOf(text: string) {
  const { graph } = loadTopology({ text, file: 'topology.yaml', types: drawnTypes(openFixture().services) });
  if (!graph) throw new Error('the topology of this test does not hold');
  return graph;
}

/** Makes a call wait for its turn, swaps the topology, then lets it have its turn. */
async function callAcross(edited: string, tool: string, args: Record<string, unknown>) {
  const fixture = await openFixtureStack();
  const busy = Array.from({ length: RUNNING }, () =>
    fixture.call('box_wait', { target: 'store/b', ms: 700 }, { as: 'helper' }),
  );
  await expect.poll(() => fixture.box.running).toBe(RUNNING);
  const waiting = fixture.call(tool, { target: 'store/a', ...args }, { as: 'helper' });
  await new Promise((resolve) => setImmediate(resolve));
  fixture.stackward.catalogs.swap(graphOf(edited));
  const result = await waiting;
  const inFlight = await Promise.all(busy);
  const { box } = fixture;
  await fixture.close();
  return { result, inFlight, box, text: JSON.stringify(result.content) };
}

const UNLINKED = TOPOLOGY.replace('{from: helper,', '{from: other,');

test('a write that waits for its turn does not begin once its link went', async () => {
  const { box, result, inFlight, text } = await callAcross(UNLINKED, 'box_put', { key: 'k', value: 'v' });
  expect(box.rows.size).toBe(0);
  expect(box.ran.has('box_put')).toBe(false);
  expect(result.isError).toBe(true);
  expect(text).toMatch(/write_refused|unknown_tool/);
  expect(inFlight.every(({ isError }) => isError !== true)).toBe(true);
});

test('nor once its component was protected, or its link capped to reading', async () => {
  const protectedNow = TOPOLOGY.replace('type: box,', 'type: box, protected: true,');
  const capped = TOPOLOGY.replace('type: uses', 'type: looks');
  for (const edited of [protectedNow, capped]) {
    const { box } = await callAcross(edited, 'box_put', { key: 'k', value: 'v' });
    expect(box.rows.size).toBe(0);
  }
});

test('a read that waits does not begin either, and one whose link stays does', async () => {
  const gone = await callAcross(UNLINKED, 'box_get', { key: 'k' });
  expect(gone.box.ran.has('box_get')).toBe(false);
  expect(gone.result.isError).toBe(true);
  const kept = await callAcross(`${TOPOLOGY}# edited\n`, 'box_get', { key: 'k' });
  expect(kept.box.ran.get('box_get')).toBe(1);
  expect(kept.result.isError).toBe(false);
});
