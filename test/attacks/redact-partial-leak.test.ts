import { expect, test } from 'vitest';
import { redact } from '../../src/triage/redact/redact.ts';

const KEY = Array.from({ length: 12 }, (_, i) => `${i}a1B2c3D4e5F6g7H8`.repeat(4).slice(0, 64));
const BEGIN = '-----BEGIN RSA PRIVATE KEY-----';
const END = '-----END RSA PRIVATE KEY-----';

/** The flaw: a value is hidden up to a character that was taken for its end, and the rest is sent. */
test.each([
  ['an @ in a password in a URL', 'amqp://u:se@cr@et1@mq:5672/', 'cr@et1'],
  ['a slash in a password in a URL', 'amqp://u:se/cret1/x@mq:5672/', 'cret1'],
  ['a hash in a password in a URL', 'amqp://u:se#cret1@mq:5672/', 'cret1'],
  ['a brace in a password in a URL', 'amqp://u:se}{cret1@mq:5672/', 'cret1'],
  ['an ampersand', 'password=se&cret1 next', 'cret1'],
  ['a comma', 'password=se,cret1 next', 'cret1'],
  ['a semicolon', 'Password=se;cret1;Encrypt=True', 'cret1'],
  ['a bracket', 'password=se)cret1] next', 'cret1'],
  ['an escaped quote', '{"password":"se\\"cret1"}', 'cret1'],
  ['a doubled quote', "PASSWORD 'se''cret1'", 'cret1'],
  ['a space in quotes', 'password="se cret1"', 'cret1'],
  ['a space in a settings file', 'password: se cret1\nuser: x', 'cret1'],
  ['a missing closing quote', '{"password":"se cret1 and more', 'cret1'],
  ['a block', 'password: |\n  se\n  cret1\nuser: x', 'cret1'],
  ['a colon', 'password: se:cret1', 'cret1'],
  ['a token longer than its kind', `ghp_${'a'.repeat(36)}cret1`, 'cret1'],
  ['a key cut at its end', `${BEGIN}\n${KEY.join('\n')}\ncret1a`, 'cret1'],
  ['a key cut at its beginning', `${KEY.join('\n')}\ncret1a==\n${END}`, KEY[0] ?? ''],
  ['a key on one line', `"${BEGIN}\\n${KEY.join('\\n')}\\ncret1a==\\n${END}\\n"`, 'cret1'],
  ['a key escaped twice', `"${BEGIN}\\\\n${KEY.join('\\\\n')}\\\\ncret1a==\\\\n${END}"`, 'cret1'],
  ['a key with CRLF', `${BEGIN}\r\n${KEY.join('\r\n')}\r\ncret1a==\r\n${END}`, 'cret1'],
  ['a key with spaces for breaks', `${BEGIN} ${KEY.join(' ')} cret1a== ${END}`, 'cret1'],
  [
    'an encrypted key',
    `${BEGIN}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n${KEY.join('\n')}\ncret1a==\n${END}`,
    'cret1',
  ],
  ['the extension of a number', 'call +44 20 7946 0958 ext. 4711', '4711'],
  ['a card with a longer number', 'card 4111 1111 1111 1111 110', ' 110'],
])('%s', (_name, text, rest) => {
  const redacted = redact(text).text;
  expect(text).toContain(rest);
  expect(redacted).not.toContain(rest);
  for (const line of KEY) expect(redacted).not.toContain(line);
});
