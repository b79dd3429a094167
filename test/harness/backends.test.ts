import pg from 'pg';
import { expect, inject, test } from 'vitest';

test('the harness starts real servers', async () => {
  const { port, user, password } = inject('postgres');
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'postgres' });
  await client.connect();
  const { rows } = await client.query('show server_version');
  await client.end();
  expect(rows[0].server_version).toMatch(/^1[5-9]/);

  const prometheus = inject('prometheus');
  if (prometheus) expect((await fetch(`http://127.0.0.1:${prometheus.port}/-/ready`)).status).toBe(200);
});
