import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createMask } from '../../src/secrets/mask.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { benchMask } from '../bench/mask.bench.ts';

const KEY = Buffer.from('a key of the audit log');
const masking = (...values: string[]) => {
  const mask = createMask(KEY);
  values.forEach((value, n) => {
    mask.register(new Secret(n === 0 ? 'password' : `password${n}`, value), 'orders-db');
  });
  return mask;
};

test('an empty mask changes nothing', () => {
  expect(createMask(KEY).text('anything %41 \\u0041 + \n')).toBe('anything %41 \\u0041 + \n');
});

test('a value is replaced by its label, as often as it shows', () => {
  expect(masking('s3cr3t-value').text('<s3cr3t-value> and s3cr3t-values3cr3t-value')).toBe(
    '<{password}> and {password}{password}',
  );
});

test('the longest of several values that overlap names the whole, and no end of the other shows', () => {
  const mask = masking('abcdef', 'defghijkl', 'abc');
  expect(mask.text('-abcdefghijkl-')).toBe('-{password1}-');
  expect(mask.text('-abcdef-abc-')).toBe('-{password}-{password2}-');
});

test('keys and values of a result are masked at any depth, and its shape is kept', () => {
  const mask = masking('s3cr3t-value');
  const input = { a: ['s3cr3t-value', 1, null, true], 's3cr3t-value': { deep: 'x s3cr3t-value' } };
  expect(mask.json(input)).toEqual({
    a: ['{password}', 1, null, true],
    '{password}': { deep: 'x {password}' },
  });
});

test('two keys that become the same are both kept', () => {
  const mask = masking('s3cr3t-value', 's3cr3t-other');
  mask.register(new Secret('password', 's3cr3t-third'), 'other');
  expect(mask.json({ 's3cr3t-value': 1, 's3cr3t-third': 2, x: 3 })).toEqual({
    '{password}': 1,
    '{password} (2)': 2,
    x: 3,
  });
});

test('a key named __proto__ stays an ordinary key', () => {
  const masked = masking('s3cr3t-value').json(JSON.parse('{"__proto__":{"a":"s3cr3t-value"}}'));
  expect(JSON.stringify(masked)).toBe('{"__proto__":{"a":"{password}"}}');
});

test('a number that shows a value becomes its label', () => {
  expect(masking('73519264').json([73519264, 7351926, 73519264.5])).toEqual([
    '{password}',
    7351926,
    '{password}.5',
  ]);
});

test('the audit tells two values apart and does not show them', () => {
  const mask = masking('s3cr3t-value');
  mask.register(new Secret('password', 's3cr3t-after-rotation'), 'orders-db');
  const shown = JSON.stringify(mask.forAudit(['s3cr3t-value', 's3cr3t-after-rotation']));
  expect(shown).toMatch(
    /^\["\{orders-db\.password hmac:[0-9a-f]{12}\}","\{orders-db\.password hmac:[0-9a-f]{12}\}"\]$/,
  );
  const [first, second] = JSON.parse(shown);
  expect(first).not.toBe(second);
  const other = createMask(Buffer.from('another key'));
  other.register(new Secret('password', 's3cr3t-value'), 'orders-db');
  expect(other.forAudit('s3cr3t-value')).not.toBe(first);
});

test('a rotated credential stays hidden', () => {
  const mask = masking('old-s3cr3t');
  mask.register(new Secret('password', 'new-s3cr3t'), 'orders-db');
  expect(mask.text('old-s3cr3t new-s3cr3t')).toBe('{password} {password}');
});

test('a value with white space around it is hidden without it too', () => {
  expect(masking('s3cr3t-value\n').text('got s3cr3t-value.')).toBe('got {password}.');
});

test('the long lines of a PEM key are hidden one by one', () => {
  const lines = [
    '-----BEGIN PRIVATE KEY-----',
    randomBytes(48).toString('base64'),
    '-----END PRIVATE KEY-----',
  ];
  expect(masking(lines.join('\n')).text(`  ${lines[1]}`)).toBe('  {password}');
});

test('a short value is hidden all the same, and its owner is told once without the value', () => {
  const warnings: string[] = [];
  const mask = createMask(KEY, { warn: (message) => warnings.push(message) });
  for (const _ of [1, 2]) mask.register(new Secret('password', 'zq'), 'cache');
  expect(mask.text('a zq and %7a%71')).toBe('a {password} and {password}');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('cache.password has fewer than 4 characters');
  expect(warnings[0]).not.toContain('zq');
});

test('no bit of a value is left at the ends of a piece of base64', () => {
  for (const offset of [0, 1, 2, 3]) {
    for (const after of ['', 'x', 'xy']) {
      // The two differ in their first and last byte, by the bits that a neighbouring character carries.
      const shown = ['!s3cr3t-value!', '~s3cr3t-value~'].map((value) =>
        masking(value).text(Buffer.from(`${'u'.repeat(offset)}${value}${after}`).toString('base64')),
      );
      expect(shown[0], `offset ${offset}, ${after.length} after`).toBe(shown[1]);
    }
  }
});

test('an empty value masks nothing', () => {
  expect(masking('').text('abc')).toBe('abc');
});

test('a value that its own label contains is not shown by the label', () => {
  expect(masking('password').text('the password is password')).toBe('the {***} is {***}');
  expect(masking('orders').forAudit('orders')).not.toContain('orders');
});

test('printing a mask shows no value', async () => {
  const { inspect } = await import('node:util');
  const mask = masking('s3cr3t-value');
  expect(inspect(mask, { depth: 9, showHidden: true }) + JSON.stringify(mask)).not.toContain('s3cr3t');
});

test('its speed, printed', () => {
  for (const { result, megabytesPerSecond } of benchMask(200, 3)) {
    process.stdout.write(`mask, 200 credentials, ${result}: ${megabytesPerSecond.toFixed(0)} MB/s\n`);
    expect(megabytesPerSecond).toBeGreaterThan(0);
  }
});
