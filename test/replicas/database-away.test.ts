import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/cli/demo/embedded-postgres.ts';
import { openFixture } from '../server/fixture-service.ts';
import { TOPOLOGY } from '../server/stackward.ts';
import { openReplicas } from './open-replicas.ts';

test('a database that stops under load: writes are refused, and none is made; it recovers without hands', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-away-'));
  let server = await startEmbeddedPostgres({ dir });
  const { port, user, password } = server;
  const { box, services } = openFixture();
  const at = await openReplicas(2, {
    topology: TOPOLOGY,
    services,
    env: { MCP_STORE_WRITE_ACCESS: 'true' },
    url: `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
  });
  onTestFinished(async () => {
    await at.close();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const put = (n: number) =>
    at.replicas[n % 2]?.call('box_put', { target: 'store/a', key: 'k', value: `${n}` });
  expect(await put(0)).toMatchObject({ outcome: 'ok' });
  const stopping = server.stop();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => put(n)));
  await stopping;
  const before = box.ran.get('box_put');
  expect(answers.filter((one) => one?.outcome === 'ok').length + 1).toBe(before);
  await expect.poll(() => at.replicas.every(({ stackward }) => !stackward.stores.status().isUp)).toBe(true);
  expect(await put(1)).toMatchObject({ outcome: 'denied' });
  expect(box.ran.get('box_put')).toBe(before);
  server = await startEmbeddedPostgres({ dir, again: server });
  await expect
    .poll(() => at.replicas.every(({ stackward }) => stackward.stores.status().isUp), { timeout: 20_000 })
    .toBe(true);
  // Whether its topology is still in force a replica finds out within its next look.
  await expect.poll(async () => (await put(1))?.outcome).toBe('ok');
});
