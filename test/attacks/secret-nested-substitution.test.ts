import { expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { substitute } from '../../src/secrets/substitute.ts';

const password = new Secret('password', 's3cr3t-value');

/** The flaw: a host name or a user that holds `{password}` is read again after it was put in. */
test('what was put in is not read again', () => {
  const values = {
    host: '{password}',
    user: new Secret('user', '{password}{host}'),
    port: '{password}',
    password,
  };
  const all = ['host', 'port', 'user', 'password'] as const;
  expect(substitute({ text: '{host} {user} {port}' }, { text: all }, values)).toEqual({
    text: '{password} {password}{host} {password}',
  });
});

/** The flaw: two harmless pieces join into a variable once the one between them is replaced. */
test('pieces that join into a variable are not one', () => {
  const all = ['host', 'password'] as const;
  const values = { host: '', password };
  expect(substitute({ text: '{pass{host}word}' }, { text: all }, values)).toEqual({ text: '{password}' });
  expect(substitute({ list: ['{pass', 'word}'] }, { list: all }, values)).toEqual({
    list: ['{pass', 'word}'],
  });
});

/** The flaw: `$&`, `$'` and their kind in a value are instructions to `String.replace`. */
test('a value is put in letter by letter', () => {
  for (const value of ['$&', "$'$`", '$$', '$1', '$<name>', '\\1', '{password}']) {
    const filled = substitute(
      { text: 'a{password}b' },
      { text: ['password'] },
      { password: new Secret('p', value) },
    );
    expect(filled.text).toBe(`a${value}b`);
  }
});
