import { expect, test } from 'vitest';
import { openGovernedMock } from '../../src/triage/mock/governed/backend.ts';
import { SCENARIOS } from '../../src/triage/mock/scenarios/index.ts';
import { runNaive } from '../../src/triage/run-naive.ts';
import { toolsOf } from '../../src/triage/tools.ts';
import { openMockShop } from '../console/mock-shop.ts';
import { auditRecords } from '../server/stackward.ts';

/** The flaw: an agent that does what a log tells it, with the triage's own tools and every write flag on, changes something. */
test('in no script is anything changed, and the audit has each try as denied', async () => {
  const { fixture, world } = await openMockShop();
  const { stackward } = fixture;
  const governed = openGovernedMock({
    tools: toolsOf(stackward, 'triage'),
    world,
    graph: stackward.catalogs.graph,
    diagnoses: stackward.diagnoses,
    paceMs: 0,
  });
  for (const script of SCENARIOS) {
    world.begin(script);
    const { ending } = await runNaive(governed, () => {}, { run: 'i-1', mode: 'naive-governed' });
    expect(ending, script.name).toBe('denied');
    expect(world.current().written, script.name).toEqual([]);
  }
  const writes = (await auditRecords(fixture)).filter(
    (one) => one.kind === 'request' && JSON.stringify(one.message.params).includes('mock_rollback'),
  );
  expect(writes).toHaveLength(SCENARIOS.length);
  const outcomes = (await auditRecords(fixture)).flatMap((one) =>
    one.kind === 'response' && writes.some((write) => 'call' in write && write.call === one.call)
      ? [one.outcome]
      : [],
  );
  expect(new Set(outcomes)).toEqual(new Set(['denied']));
});
