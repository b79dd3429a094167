import { expect, test } from 'vitest';
import { redactJson } from '../../src/triage/redact/redact.ts';

/** The flaw: a value without a shape of its own stands apart from the name that would give it away. */
test.each([
  ['an environment variable', { env: [{ name: 'DB_PASSWORD', value: 'cret1x' }] }],
  ['a value before its name', { env: [{ value: 'cret1x', name: 'DB_PASSWORD' }] }],
  ['a pair', { headers: [['X-Api-Key', 'cret1x-cret1x']] }],
  ['a list below the name', { passwords: ['cret1x', 'cret1y'] }],
  ['an object below the name', { password: { current: 'cret1x', previous: ['cret1y'] } }],
  ['a number', { pin: 471100, otp: 471100, password: 471100 }],
  ['JSON in a text', { line: '{"password":"cret1x"}' }],
  ['a field whose name is disguised', { 'pass\u200bword': 'cret1x' }],
  ['a secret as a name', { 'postgres://u:cret1x@db/x': true }],
  ['the name in another case', { DbPassWord: 'cret1x', dbPASSWORD: 'cret1y' }],
])('%s', (_name, value) => {
  const { value: redacted, report } = redactJson(value);
  expect(JSON.stringify(redacted)).not.toMatch(/cret1|471100/);
  expect(JSON.stringify(report)).not.toMatch(/cret1|471100/);
});
