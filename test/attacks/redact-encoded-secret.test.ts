import { expect, test } from 'vitest';
import { redact } from '../../src/triage/redact/redact.ts';

const SECRETS = [
  'postgres://shop:hunter2-hunter2@db:5432/orders',
  `{"password":"hunter2-hunter2"}`,
  `ghp_${'a1B2c3D4e5F6'.repeat(3)}`,
  'password=hunter2-hunter2',
];
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);

/** The flaw: a secret leaves in an encoding that a model reads as easily as the plain text. */
test.each([
  ['percent', (text: string) => encodeURIComponent(text)],
  ['percent, every byte', (text: string) => [...Buffer.from(text)].map((b) => `%${b.toString(16)}`).join('')],
  ['JSON', inJson],
  ['JSON in JSON', (text: string) => inJson(inJson(text))],
  ['percent in JSON', (text: string) => inJson(encodeURIComponent(text))],
  [
    'unicode escapes',
    (text: string) => [...text].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join(''),
  ],
  ['entities', (text: string) => [...text].map((c) => `&#x${c.charCodeAt(0).toString(16)};`).join('')],
  ['base64', (text: string) => Buffer.from(text).toString('base64')],
  ['base64url', (text: string) => Buffer.from(text).toString('base64url')],
  ['base64 of JSON', (text: string) => Buffer.from(JSON.stringify({ note: text })).toString('base64')],
  [
    'wrapped base64',
    (text: string) =>
      Buffer.from(`${'x'.repeat(57)} ${text}`)
        .toString('base64')
        .replace(/.{76}/g, '$&\n'),
  ],
  ['hex', (text: string) => Buffer.from(text).toString('hex')],
])('%s', (_name, encode) => {
  for (const secret of SECRETS) {
    const shown = encode(secret);
    const { text, report } = redact(`got '${shown}' from upstream`);
    expect(report.masked).not.toEqual([]);
    for (const rest of [text, decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'))]) {
      expect(rest).not.toContain('hunter2');
      expect(rest).not.toContain('e5F6a1B2');
    }
    expect(text).not.toContain(shown);
  }
});
