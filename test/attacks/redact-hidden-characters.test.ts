import { expect, test } from 'vitest';
import { redact } from '../../src/triage/redact/redact.ts';

const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;

/** The flaw: characters that nobody sees stand between those of a token, and a model puts it together again. */
test.each([
  ['zero width space', '\u200b'],
  ['zero width joiner', '\u200d'],
  ['word joiner', '\u2060'],
  ['byte order mark', '\ufeff'],
  ['soft hyphen', '\u00ad'],
  ['right-to-left override', '\u202e'],
  ['isolate', '\u2066'],
  ['variation selector', '\ufe0f'],
  ['tag', '\u{e0041}'],
  ['colour', '\u001b[1;31m'],
  ['null', '\u0000'],
  ['the escape that results show for one', '\\u{200b}'],
])('%s between the characters of a token', (_name, hidden) => {
  const { text } = redact(`saw ${[...TOKEN].join(hidden)} in the log`);
  expect(text).toBe('saw {github-token#1} in the log');
});

test('other faces of the same letters', () => {
  const wide = TOKEN.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
  expect(redact(`saw ${wide} in the log`).text).toBe('saw {github-token#1} in the log');
  // Cyrillic er, which looks like the Latin p.
  expect(redact(`saw gh\u0440_${TOKEN.slice(4)} in the log`).text).toBe('saw {github-token#1} in the log');
  expect(redact('p\u0430ssword=hunter2').text).toBe('p\u0430ssword={password#1}');
});
