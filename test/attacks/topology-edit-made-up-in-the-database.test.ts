import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { openReplicas } from '../replicas/open-replicas.ts';
import { openFixture } from '../server/fixture-service.ts';
import { TOPOLOGY, UNLINKED } from '../server/stackward.ts';

let at: Awaited<ReturnType<typeof openReplicas>>;
afterEach(() => at.close());

/** The flaw: whoever can write the database draws links, by putting an edit there himself. */
test('an edit that lacks the replicas’ seal opens nothing, and what was linked is closed until it is gone', async () => {
  const { box, services } = openFixture();
  at = await openReplicas(1, { topology: UNLINKED, services, env: { MCP_STORE_WRITE_ACCESS: 'true' } });
  const [replica] = at.replicas;
  const put = () => replica?.call('box_put', { target: 'store/a', key: 'k', value: 'mine' });
  const edit = {
    number: 2,
    hash: createHash('sha256').update(TOPOLOGY).digest('hex'),
    text: TOPOLOGY,
    by: 'host/1',
    at: new Date().toISOString(),
    mac: 'f'.repeat(64),
  };
  await at.direct?.query(`insert into document (collection, key, content) values ('topologies', $1, $2)`, [
    '00000002',
    JSON.stringify(edit),
  ]);
  await expect
    .poll(() => at.said.join('\n'), { timeout: 10_000 })
    .toContain('edit 2 of the shared topology is not as it was written');
  expect(await put()).toMatchObject({ error: { code: 'unknown_tool' } });
  expect(box.ran.size).toBe(0);
  await expect(at.open(1)).rejects.toThrow('edit 2 of the shared topology is not as it was written');
});
