import { afterEach, expect, test } from 'vitest';
import { mayNeedNeutralising, neutralise, neutraliseJson } from '../../src/call/neutralise.ts';
import { ToolError } from '../../src/toolset/errors.ts';
import { type Lab, openLab, PASSWORD } from './lab.ts';

const labs: Lab[] = [];
const lab = async (...args: Parameters<typeof openLab>) => {
  const made = await openLab(...args);
  labs.push(made);
  return made;
};
afterEach(() => Promise.all(labs.splice(0).map((one) => one.close())));

const A = { target: 'store/a' };

test('a list over the limit is cut, and says from how many', async () => {
  const { call, probe } = await lab();
  probe.does.read = async () => ({ items: Array.from({ length: 40 }, () => 'x'.repeat(100)), of: 'all' });
  const { structured, text } = await call('probe_list', A);
  expect(structured).toMatchObject({
    truncated: true,
    of: 'all',
    hint: expect.stringMatching(/^cut to 1\d of 40 items/),
  });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_000);
  expect(JSON.parse(text)).toEqual(structured);
});

test('a list far over the limit keeps its true count', async () => {
  const { call, probe } = await lab();
  probe.does.read = async () => ({ items: Array.from({ length: 5_000 }, () => 'x'.repeat(100)) });
  expect((await call('probe_list', A)).structured?.hint).toMatch(/of 5000 items/);
});

test('a list that fits is left as it is', async () => {
  const { call, probe } = await lab();
  probe.does.read = async () => ({ items: ['é'.repeat(900)] });
  expect((await call('probe_list', A)).structured).toEqual({ items: ['é'.repeat(900)] });
});

test('bytes count, not characters', async () => {
  const { call, probe } = await lab();
  probe.does.read = async () => ({ text: '漢'.repeat(700) });
  expect(await call('probe_read', A)).toMatchObject({ error: { code: 'result_too_large' } });
});

test('a frame too large for its list to matter is an error', async () => {
  const { call, probe } = await lab();
  probe.does.read = async () => ({ items: [1], note: 'x'.repeat(2_100) });
  expect(await call('probe_list', A)).toMatchObject({ error: { code: 'result_too_large' } });
});

test('a secret is masked in results, errors, keys and audit records, in the forms it takes there', async () => {
  const { call, probe, audit } = await lab();
  await call('probe_read', A);
  const forms = [
    PASSWORD,
    JSON.stringify(PASSWORD),
    encodeURIComponent(PASSWORD),
    Buffer.from(PASSWORD).toString('base64'),
    Buffer.from(PASSWORD).toString('hex'),
  ];
  for (const form of forms) {
    probe.does.read = async () => ({ form, [form]: 1 });
    const answer = await call('probe_read', { ...A, text: form });
    expect(answer.text).not.toContain(form);
    expect(JSON.stringify(answer)).not.toContain(form);
    probe.does.read = () => Promise.reject(new ToolError('query_failed', `near ${form}`));
    expect(JSON.stringify(await call('probe_read', A))).not.toContain(form);
    await call('probe_write', { ...A, text: form, n: 99 });
    await call(`probe_${form}`, { [form]: form });
  }
  const recorded = JSON.stringify(audit.records);
  for (const form of forms) expect(recorded).not.toContain(form);
  expect(recorded).not.toContain('horse');
});

test.each([
  ['a colour', '\u001b[31m', '\\u{1b}[31m'],
  ['a C1 control', '\u009b31m', '\\u{9b}31m'],
  ['a lone return', 'a\rb', 'a\\u{d}b'],
  ['a right-to-left override', '\u202e', '\\u{202e}'],
  ['an isolate', '\u2066', '\\u{2066}'],
  ['a zero width space', '\u200b', '\\u{200b}'],
  ['a soft hyphen', '\u00ad', '\\u{ad}'],
  ['a blank letter', '\u3164', '\\u{3164}'],
  ['a line separator', '\u2028', '\\u{2028}'],
  ['a tag', '\u{e0041}', '\\u{e0041}'],
  ['a supplementary selector', '\u{e0100}', '\\u{e0100}'],
  ['bytes in selectors', 'a\ufe01\ufe02', 'a\\u{fe01}\\u{fe02}'],
  ['bits in joiners', '\u200c\u200d\u200c', '\\u{200c}\\u{200d}\\u{200c}'],
])('%s is made visible', (_name, hidden, shown) => {
  expect(neutralise(hidden)).toBe(shown);
  expect(mayNeedNeutralising(JSON.stringify({ hidden }))).toBe(true);
  expect(neutraliseJson({ [hidden]: [hidden] })).toEqual({ [shown]: [shown] });
});

test.each(['a\tb\nc', '❤️‍🔥 👩‍👩‍👧‍👦', 'می‌خواهم', 'क्‍ष', '漢字かな', 'éà', '\r\n'.replace('\r', '')])(
  '%j stays legible',
  (text) => {
    expect(neutralise(text)).toBe(text);
  },
);

test('whatever would be neutralised is noticed in JSON text', () => {
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const points = [
    0x20, 0x61, 0x0d, 0x0a, 0x09, 0x1b, 0x9b, 0x200d, 0x200c, 0xfe0f, 0x202e, 0xe0041, 0x2028, 0xfeff, 0x22,
  ];
  for (let n = 0; n < 20_000; n++) {
    const text = Array.from({ length: 1 + next(6) }, () =>
      String.fromCodePoint(points[next(points.length)] ?? 0),
    ).join('');
    if (neutralise(text) !== text)
      expect(mayNeedNeutralising(JSON.stringify([text])), JSON.stringify(text)).toBe(true);
  }
});
