import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { SecretRef } from '../../src/secrets/reference.ts';
import { resolveConnection } from '../../src/secrets/resolve.ts';
import type { Secret } from '../../src/secrets/secret.ts';
import { openSources } from '../../src/secrets/sources.ts';

const VALUE = 's3cr3t-value';

/** The flaw: an object that keeps its value in a property prints it as soon as somebody logs what holds it. */
test('no road from an object to text shows the value of a secret in it', async () => {
  const env = { DB_PASSWORD: VALUE };
  const connection = await resolveConnection(
    { credentials: { password: new SecretRef({ env: 'DB_PASSWORD' }) } },
    { sources: openSources({ env, cwd: '/' }), env, mask: { register: () => {} }, owner: 'orders-db' },
  );
  const { password } = connection.credentials as { password: Secret };
  expect(password.expose()).toBe(VALUE);

  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  log.info({ connection, password }, 'opening %o with %j', connection, connection);
  log.error(Object.assign(new Error('cannot connect'), { connection, cause: connection }));

  const printed = [
    String(password),
    `${password as unknown as string}`,
    JSON.stringify(connection),
    inspect(connection, { depth: Infinity, showHidden: true, showProxy: true, getters: true }),
    inspect(connection, { customInspect: false, depth: Infinity, showHidden: true }),
    format('%s %o %O %j', password, connection, connection, connection),
    inspect(new Error('failed', { cause: connection }), { showHidden: true }),
    JSON.stringify(Object.entries(password)),
    JSON.stringify({ ...password }),
    JSON.stringify(structuredClone({ ...connection, credentials: { ...password } })),
    serialize(password).toString('latin1'),
    Reflect.ownKeys(password).join(),
    ...lines,
  ];
  for (const text of printed) expect(text).not.toContain('s3cr3t');
  expect(lines.join('')).toContain('{password}');
});

/** The flaw: `openSources` keeps the environment, and a log of what holds it would print all of it. */
test('printing the sources shows nothing of the environment', () => {
  const sources = openSources({ env: { DB_PASSWORD: VALUE, VAULT_TOKEN: VALUE }, cwd: '/' });
  const printed = inspect(sources, { depth: Infinity, showHidden: true }) + JSON.stringify(sources);
  expect(printed).not.toContain('s3cr3t');
});
