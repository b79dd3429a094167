import { expect, test } from 'vitest';
import { z } from 'zod';
import { createMask } from '../../src/secrets/mask.ts';
import { secret, setting } from '../../src/secrets/reference.ts';
import { listReferences } from '../../src/secrets/references.ts';
import { resolveConnection } from '../../src/secrets/resolve.ts';
import type { Secret } from '../../src/secrets/secret.ts';
import { openSources } from '../../src/secrets/sources.ts';

const Connection = z.strictObject({
  host: setting(z.string()),
  port: setting(z.coerce.number().int()),
  credentials: z.strictObject({ user: secret(), password: secret() }),
  tags: z.array(z.string()).default([]),
});
const connection = (over: object = {}) =>
  Connection.parse({
    host: { env: 'DB_HOST' },
    port: 5432,
    credentials: { user: { env: 'DB_USER' }, password: { env: 'DB_PASSWORD' } },
    tags: ['a'],
    ...over,
  });
const ENV = { DB_HOST: 'db.internal', DB_USER: 'orders', DB_PASSWORD: 's3cr3t-value' };

const resolving = (env: Record<string, string>, given = connection()) => {
  const mask = createMask(Buffer.from('key'));
  const deps = { sources: openSources({ env, cwd: '/' }), env, mask, owner: 'orders-db' };
  return { mask, resolved: resolveConnection(given, deps) };
};

test('references become values, credentials become secrets named after their field', async () => {
  const resolved = await resolving(ENV).resolved;
  expect(resolved).toMatchObject({ host: 'db.internal', port: 5432, tags: ['a'] });
  const { user, password } = resolved.credentials as { user: Secret; password: Secret };
  expect([user.expose(), user.label]).toEqual(['orders', 'user']);
  expect([password.expose(), password.label]).toEqual(['s3cr3t-value', 'password']);
});

test('a password is known to the mask once it is resolved; a user name is not masked', async () => {
  const { mask, resolved } = resolving(ENV);
  expect(mask.text('s3cr3t-value')).toBe('s3cr3t-value');
  await resolved;
  expect(mask.text('orders s3cr3t-value')).toBe('orders {password}');
});

test('a secret that cannot be read names component, field and variable', async () => {
  const { DB_PASSWORD: _, ...without } = ENV;
  await expect(resolving(without).resolved).rejects.toMatchObject({
    code: 'secret_unavailable',
    detail: 'orders-db.credentials.password: the environment variable DB_PASSWORD is not set',
  });
});

test('a setting that is not set or does not fit names component, field and variable, not the text', async () => {
  const { DB_HOST: _, ...without } = ENV;
  await expect(resolving(without).resolved).rejects.toMatchObject({
    code: 'setting_unavailable',
    detail: 'orders-db.host: the environment variable DB_HOST is not set',
  });
  const given = connection({ port: { env: 'DB_PORT' } });
  const misfit = resolving({ ...ENV, DB_PORT: 'hunter2' }, given).resolved;
  await expect(misfit).rejects.toMatchObject({
    code: 'setting_unavailable',
    detail: expect.stringMatching(
      /^orders-db\.port: the environment variable DB_PORT does not fit(?!.*hunter2)/,
    ),
  });
  expect(await resolving({ ...ENV, DB_PORT: '6543' }, given).resolved).toMatchObject({ port: 6543 });
});

test('references are listed with their fields and sources, and literals are not', () => {
  const given = connection({
    credentials: {
      user: { file: 'user.txt' },
      password: { vault: { mount: 'kv', path: 'apps/db', key: 'password', version: 3 } },
    },
  });
  expect(listReferences(given).map(({ field, kind, described }) => [field, kind, described])).toEqual([
    ['host', 'setting', 'environment variable DB_HOST'],
    ['credentials.user', 'secret', 'file user.txt'],
    ['credentials.password', 'secret', 'Vault secret kv/apps/db/password (version 3)'],
  ]);
});
