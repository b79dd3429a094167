import { expect, test } from 'vitest';
import { createMask } from '../../src/secrets/mask.ts';
import { SecretRef, SettingRef } from '../../src/secrets/reference.ts';
import { resolveConnection } from '../../src/secrets/resolve.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { openSources } from '../../src/secrets/sources.ts';

const PASSWORD = 'pa"ss/w\\ö rd+7%';

/** The flaw: drivers put the connection string or the failing statement into the message of their error. */
test('a driver’s message that quotes the password is shown without it', () => {
  const mask = createMask(Buffer.from('key'));
  mask.register(new Secret('password', PASSWORD), 'orders-db');
  const messages = [
    `password authentication failed: postgres://app:${encodeURIComponent(PASSWORD)}@db:5432/orders`,
    `invalid option in ${JSON.stringify({ user: 'app', password: PASSWORD })}`,
    `could not parse ${JSON.stringify(JSON.stringify({ password: PASSWORD }))}`,
    `syntax error at or near "ALTER ROLE app PASSWORD '${PASSWORD}'"`,
    `GET http://db/login?${new URLSearchParams({ user: 'app', password: PASSWORD })} answered 401`,
    `Authorization: Basic ${Buffer.from(`app:${PASSWORD}`).toString('base64')} was refused`,
    `ERROR: \\x${Buffer.from(PASSWORD).toString('hex')}`,
  ];
  for (const message of messages) {
    const shown = mask.text(message);
    expect(shown).toContain('{password}');
    for (const word of [
      'pa"ss',
      'pa\\"ss',
      'pa%22ss',
      'rd+7',
      'rd%2B7',
      Buffer.from('ss/w').toString('hex'),
    ]) {
      expect(shown).not.toContain(word);
    }
  }
});

/** The flaw: the error that says a setting is wrong repeats it, and the variable named by mistake held a password. */
test('an error of resolving never repeats what a variable holds', async () => {
  const env = { DB_PASSWORD: PASSWORD, EMPTY: '' };
  const deps = {
    sources: openSources({ env, cwd: '/' }),
    env,
    mask: createMask(Buffer.from('key')),
    owner: 'orders-db',
  };
  const parsers = [
    (text: string) => {
      throw new TypeError(`cannot read ${text}`);
    },
    (text: string) => JSON.parse(text),
    (text: string) => new URL(text),
  ];
  for (const parse of parsers) {
    const connection = {
      port: new SettingRef<unknown>({ env: 'DB_PASSWORD' }, parse),
      password: new SecretRef({ env: 'EMPTY' }),
    };
    const error: unknown = await resolveConnection(connection, deps).catch((thrown: unknown) => thrown);
    const { inspect } = await import('node:util');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('ss/w');
  }
});
