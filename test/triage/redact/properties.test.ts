import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/toolset/define.ts';
import { redact, redactJson } from '../../../src/triage/redact/redact.ts';
import { disguised, harmless, samples } from '../../bench/redact/corpus.ts';
import { randomValues } from '../../secrets/random-values.ts';

const SEED = 20_261_125;
const labelled = samples(SEED, 1500);
const tricked = disguised(SEED, 500);
const plain = harmless(SEED, 1000);
const random = randomValues(SEED);
const awkward = Array.from({ length: 1500 }, () => random.text(80));
const texts = [...labelled, ...tricked, ...plain].map(({ text }) => text).concat(awkward);

test('what was redacted once is not changed again', () => {
  for (const text of texts) {
    const once = redact(text).text;
    expect(redact(once).text).toBe(once);
  }
});

test('the text outside the reported places is kept to the character, and nothing inside is', () => {
  for (const text of texts) {
    const { text: redacted, report } = redact(text);
    let rebuilt = '';
    let at = 0;
    for (const { from, to, placeholder } of report.masked) {
      expect(from).toBeGreaterThanOrEqual(at);
      expect(to).toBeGreaterThan(from);
      rebuilt += text.slice(at, from) + placeholder;
      at = to;
    }
    rebuilt += text.slice(at);
    // A number is quoted where it stood bare in JSON.
    expect(redacted.replace(/"(\{[a-z-]+#\d+\})"/g, '$1')).toBe(
      rebuilt.replace(/"(\{[a-z-]+#\d+\})"/g, '$1'),
    );
    if (report.masked.length === 0) expect(redacted).toBe(text);
  }
});

test('a JSON text stays JSON, and a JSON value keeps its shape', () => {
  for (const { text } of [...labelled, ...tricked]) {
    const value: JsonValue = {
      at: 1,
      list: [text, { text }],
      nested: JSON.stringify({ deep: [text], n: 4111111111111111 }),
    };
    const rewritten: unknown = JSON.parse(redact(JSON.stringify(value)).text);
    expect(rewritten).toMatchObject({ at: 1, list: [expect.any(String), { text: expect.any(String) }] });
    const { value: redacted } = redactJson(value);
    expect(redacted).toMatchObject({ at: 1, list: [expect.any(String), { text: expect.any(String) }] });
    if (typeof redacted !== 'object' || redacted === null || !('nested' in redacted))
      throw new Error('no nested');
    expect(JSON.parse(String(redacted.nested))).toMatchObject({ deep: [expect.any(String)] });
  }
});

test('a labelled value is hidden whole, in all but a few of the corpus', () => {
  const partly = labelled.filter(({ text, from, to }) => {
    const hidden = redact(text).report.masked.reduce(
      (sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)),
      0,
    );
    return hidden < to - from;
  });
  expect(partly.length / labelled.length).toBeLessThan(0.01);
});

test('what looks alike is left alone, in all but a few of the corpus', () => {
  const changed = plain.filter(({ text }) => redact(text).text !== text);
  expect(changed.length / plain.length).toBeLessThan(0.005);
});
