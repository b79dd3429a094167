import { expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { substitute } from '../../src/secrets/substitute.ts';

const values = {
  host: 'db.internal',
  port: 5432,
  user: 'app',
  password: new Secret('password', 's3cr3t-value'),
};

/** The flaw: the caller writes `{password}` into an argument that is stored or answered, and reads it there. */
test('a variable in a field that is not declared templated stays a word', () => {
  const args = {
    url: 'http://{host}/',
    comment: '{password}',
    list: ['{password}', { deep: '{password}' }],
    record: { '{password}': '{password}' },
  };
  expect(substitute(args, { url: ['host'] }, values)).toEqual({ ...args, url: 'http://db.internal/' });
});

/** The flaw: a field that may use the host is taken to be allowed the password as well. */
test('a variable that the field does not allow stays a word', () => {
  const args = { url: 'http://{user}:{password}@{host}:{port}/' };
  expect(substitute(args, { url: ['host', 'port'] }, values)).toEqual({
    url: 'http://{user}:{password}@db.internal:5432/',
  });
});

/** The flaw: names that every object inherits pass for declared fields or known variables. */
test('inherited names are neither fields nor variables', () => {
  const args = JSON.parse('{"__proto__":"{password}","constructor":"{constructor}{__proto__}{toString}"}');
  const templated = { constructor: ['host'], toString: ['password'] } as const;
  const filled = substitute(args, templated, values);
  expect(JSON.stringify(filled)).not.toContain('s3cr3t');
  expect(filled.constructor).toBe('{constructor}{__proto__}{toString}');
  expect(Object.hasOwn(filled, 'toString')).toBe(false);
});

/** The flaw: keys of a record become header or parameter names, which are logged more freely than their values. */
test('the keys of a declared record are left alone, and nothing deeper than one level is reached', () => {
  const args = { headers: { '{password}': 'x', nested: { deep: '{password}' } }, list: [['{password}']] };
  expect(substitute(args, { headers: ['password'], list: ['password'] }, values)).toEqual(args);
});
