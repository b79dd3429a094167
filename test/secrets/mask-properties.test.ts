import { expect, test } from 'vitest';
import { createMask } from '../../src/secrets/mask.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { ENCODINGS, WHOLE_ESCAPES } from './encodings.ts';
import { randomValues } from './random-values.ts';

const RUNS = 400;
const KEY = Buffer.from('a key');

/** The part of a piece of base64 that the value alone decides, found by changing everything around it. */
function decidedBy(value: string, offset: number, url: boolean): string {
  const encode = (fill: number) =>
    Buffer.concat([Buffer.alloc(offset, fill), Buffer.from(value), Buffer.alloc(3, fill)]).toString(
      url ? 'base64url' : 'base64',
    );
  const zeros = encode(0x00);
  const ones = encode(0xff);
  const kept = [...zeros].map((unit, i) => (unit === ones[i] ? unit : ' ')).join('');
  return kept.trim();
}

function expectNothingOf(value: string, shown: string, seed: number) {
  for (const [name, encode] of Object.entries({ ...ENCODINGS, ...WHOLE_ESCAPES })) {
    if (name.startsWith('base64')) continue;
    expect(shown, `${name}, seed ${seed}`).not.toContain(encode(value, '', ''));
  }
  const unwrapped = shown.replace(/\r?\n/g, '');
  for (const offset of [0, 1, 2]) {
    for (const url of [false, true]) {
      expect(unwrapped, `base64 at ${offset}, seed ${seed}`).not.toContain(decidedBy(value, offset, url));
    }
  }
}

for (const [name, encode] of Object.entries(ENCODINGS)) {
  test(`no form of a value survives: ${name}`, () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      const random = randomValues(seed);
      const mask = createMask(KEY);
      const values = Array.from({ length: 1 + random.below(4) }, () => random.credential());
      for (const value of values) mask.register(new Secret('password', value), 'db');
      const value = random.pick(values);
      const embedded = random.text(20) + encode(value, random.text(8), random.text(8)) + random.text(20);
      expectNothingOf(value, mask.text(embedded), seed);
      const audited = mask.forAudit({ [embedded]: [embedded] });
      expectNothingOf(
        value,
        Object.entries(audited as object)
          .flat(2)
          .join('\n'),
        seed,
      );
    }
  });
}

for (const [name, encode] of Object.entries(WHOLE_ESCAPES)) {
  test(`no form of a value survives: ${name}`, () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      const random = randomValues(seed);
      const value = random.credential();
      const mask = createMask(KEY);
      mask.register(new Secret('password', value), 'db');
      const shown = mask.text(`before ${encode(value)} after`);
      expect(shown, `seed ${seed}`).toBe('before {password} after');
    }
  });
}

test('a result without any known value is left exactly as it is', () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = randomValues(seed);
    const mask = createMask(KEY);
    // Longer than the texts, so that no text can show one.
    for (let n = 0; n < 5; n++) mask.register(new Secret('password', random.credential().repeat(8)), 'db');
    const result = { [random.text(30)]: [random.text(30), random.below(1e6), { deep: random.text(30) }] };
    expect(mask.json(result), `seed ${seed}`).toEqual(result);
    expect(mask.text(JSON.stringify(result)), `seed ${seed}`).toBe(JSON.stringify(result));
  }
});

test('what stands around a value is left exactly as it is', () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = randomValues(seed);
    const value = `<${random.credential()}>`;
    const mask = createMask(KEY);
    mask.register(new Secret('password', value), 'db');
    const [before, after] = [`${random.text(20)} `, ` ${random.text(20)}`];
    expect(mask.text(before + value + after), `seed ${seed}`).toBe(`${before}{password}${after}`);
  }
});
