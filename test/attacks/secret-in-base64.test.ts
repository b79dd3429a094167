import { expect, test } from 'vitest';
import { createMask } from '../../src/secrets/mask.ts';
import { Secret } from '../../src/secrets/secret.ts';

const PASSWORD = 'correct horse battery';

/** The flaw: a mask that knows `base64(password)` misses it inside a longer text, where the groups of three shift. */
test('base64 of a longer text that holds the password shows no part of it, wherever it lies', () => {
  const mask = createMask(Buffer.from('key'));
  mask.register(new Secret('password', PASSWORD), 'orders-db');
  for (const url of ['base64', 'base64url'] as const) {
    for (let before = 0; before < 9; before++) {
      for (let after = 0; after < 4; after++) {
        const holding = `${'user:'.repeat(2).slice(0, before)}${PASSWORD}${'@db!'.slice(0, after)}`;
        const shown = mask.text(`Authorization: Basic ${Buffer.from(holding).toString(url)}`);
        const left = shown.replace('Authorization: Basic ', '').split('{password}');
        expect(left).toHaveLength(2);
        // What stays, read at any alignment, must not hold three letters of the password in a row.
        for (const piece of left) {
          for (const shift of ['', 'A', 'AA', 'AAA']) {
            const bytes = Buffer.from(shift + piece, 'base64').toString('latin1');
            for (let i = 0; i + 3 <= PASSWORD.length; i++)
              expect(bytes).not.toContain(PASSWORD.slice(i, i + 3));
          }
        }
      }
    }
  }
});

/** The flaw: `encode(x, 'base64')` of PostgreSQL and MIME break lines, and no line holds the whole. */
test('base64 that is broken into lines hides it too', () => {
  const mask = createMask(Buffer.from('key'));
  mask.register(new Secret('password', PASSWORD), 'orders-db');
  for (const newline of ['\n', '\r\n', '\n  ']) {
    const wrapped = Buffer.from(`user:${PASSWORD}@`).toString('base64').replace(/.{7}/g, `$&${newline}`);
    expect(mask.text(wrapped)).toContain('{password}');
    expect(mask.text(JSON.stringify(wrapped))).toContain('{password}');
    const kept = Buffer.from(mask.text(wrapped).replace('{password}', ''), 'base64').toString('latin1');
    expect(kept).not.toMatch(/cor|orr|hor|ors|bat|tter/);
  }
});
