import { expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { substitute } from '../../src/secrets/substitute.ts';

const values = { host: 'db.internal', port: 5432, user: 'app', password: new Secret('password', 's3cr3t') };

test('declared fields are filled in a string, a list of strings and a record of strings', () => {
  const args = {
    url: 'tcp://{host}:{port}/',
    parts: ['{user}', 7, 'x{password}x'],
    headers: { '{host}': 'for {host}', n: 3 },
  };
  const templated = {
    url: ['host', 'port'],
    parts: ['user', 'password'],
    headers: ['host'],
  } as const;
  expect(substitute(args, templated, values)).toEqual({
    url: 'tcp://db.internal:5432/',
    parts: ['app', 7, 'xs3cr3tx'],
    headers: { '{host}': 'for db.internal', n: 3 },
  });
});

test('the arguments themselves are left as they were', () => {
  const args = { parts: ['{host}'] };
  substitute(args, { parts: ['host'] }, values);
  expect(args).toEqual({ parts: ['{host}'] });
});

test('only the four names are variables, exactly written', () => {
  const text = '{Host} { host } {{hos}} {port:d} {constructor} {0} {password';
  expect(substitute({ text }, { text: ['host', 'port', 'user', 'password'] }, values)).toEqual({ text });
});

test('a variable that the target does not have is an error that names field and variable', () => {
  expect(() => substitute({ text: '{password}' }, { text: ['password'] }, { host: 'h' })).toThrow(
    expect.objectContaining({
      code: 'invalid_arguments',
      detail: expect.stringMatching(/text uses \{password\}/),
    }),
  );
  expect(substitute({ text: 'none' }, { text: ['password'] }, {})).toEqual({ text: 'none' });
});

test('a user may be a setting or a secret', () => {
  const fill = (user: string | Secret) => substitute({ text: '{user}' }, { text: ['user'] }, { user });
  expect(fill('app')).toEqual(fill(new Secret('user', 'app')));
});

test('a declared field that is not given stays absent', () => {
  expect(substitute({}, { text: ['host'] }, values)).toEqual({});
});
