import { expect, test } from 'vitest';
import { TOPOLOGY } from '../call/lab.ts';
import { A, attackLab } from './fixtures/lab.ts';

const withLinks = (...links: string[]) =>
  attackLab({
    topology: TOPOLOGY.replace(/links:[\s\S]*/, `links:\n${links.map((one) => `  - {${one}}\n`).join('')}`),
  });

/** The flaw: the flag is on, so a link that was capped to reading writes. */
test.each(['type: uses, access: read', 'type: looks', 'type: looks, access: read'])(
  '{%s} never writes',
  async (link) => {
    const { call, reached } = await withLinks(`from: helper, to: store, ${link}`);
    for (const as of ['stack', 'helper'])
      for (const tool of ['probe_write', 'probe_burn'])
        expect(await call(tool, { ...A, key: 'k' }, { as })).toMatchObject({ outcome: 'denied' });
    expect(reached()).toEqual([]);
  },
);

/** The flaw: a second link that only reads lends its wider scope to the first one's writes. */
test('a capped link widens what is read, and never what is written', async () => {
  const { catalogs, call, reached } = await withLinks(
    'from: helper, to: store, type: uses, drawers: {a: {rows: [r1]}}',
    'from: helper, to: store, type: looks',
  );
  const scope = (tool: string) => catalogs.of('helper').tools.get(tool)?.targets.get('store/a')?.target.scope;
  expect(scope('probe_read')).toEqual({ rows: ['r1', 'r2', 'r3'] });
  expect(scope('probe_write')).toEqual({ rows: ['r1'] });
  expect(await call('probe_write', { target: 'store/b' }, { as: 'helper' })).toMatchObject({
    outcome: 'denied',
  });
  expect(reached()).toEqual([]);
});
