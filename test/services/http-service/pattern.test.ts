import { describe, expect, test } from 'vitest';
import { readPattern } from '../../../src/services/http-service/pattern.ts';

describe('patterns of parameters', () => {
  test.for([
    ['[a-z0-9]{1,20}', ['a', 'abc9'], ['', 'A', 'a'.repeat(21), 'a\n', 'a b']],
    ['^ORD-\\d+$', ['ORD-1', 'ORD-123'], ['ORD-', 'xORD-1', 'ORD-1\n', 'ord-1']],
    ['[^/]+\\.json', ['a.json', '.json.json'], ['.json', 'a/b.json', 'axjson']],
    ['eu|us-[0-9]?', ['eu', 'us-', 'us-1'], ['eu-1', 'us', '']],
    ['a*a*b?', ['', 'aaa', 'aab'], ['ba']],
    ['x{2}y{2,}', ['xxyy', 'xxyyyy'], ['xyy', 'xxy']],
    ['[a|b]|\\|', ['a', '|', 'b'], ['ab', '||']],
    ['ü.', ['üx', 'ü😀'], ['ü']],
  ] as const)('%s', ([source, fits, misfits]) => {
    const pattern = readPattern(source);
    expect(fits.filter((text) => !pattern?.matches(text))).toEqual([]);
    expect(misfits.filter((text) => pattern?.matches(text))).toEqual([]);
  });

  test.for([
    '(a+)+b',
    '(?=a)',
    '\\1',
    'a**',
    'a+?',
    '[a',
    'a{3,1}',
    'a{999}',
    '[z-a]',
    '\\u0041',
    'a'.repeat(201),
    '{',
    '*',
  ])('%s is not understood', (source) => {
    expect(readPattern(source)).toBeUndefined();
  });

  test('work grows with the text and not with the ways to split it', () => {
    // In JavaScript's own engine these stars take longer than anybody would wait.
    const pattern = readPattern(`${'a*'.repeat(60)}b`);
    expect(pattern?.matches('a'.repeat(20_000))).toBe(false);
    expect(pattern?.matches(`${'a'.repeat(20_000)}b`)).toBe(true);
  });

  test('agrees with JavaScript’s engine on what both understand', () => {
    const atoms = ['a', 'b', '[ab]', '[^a]', '\\d', '.'];
    const counts = ['', '?', '*', '+', '{2}', '{1,3}', '{2,}'];
    const at = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
    for (let seed = 0; seed < 600; seed++) {
      const source = [0, 1, 2]
        .map((i) => at(atoms, seed * 7 + i * 3 + (seed >> 3)) + at(counts, seed * 5 + i * 11))
        .join('');
      const pattern = readPattern(source);
      for (const text of ['', 'a', 'b', 'ab', 'aab', 'abb1', '11', 'aaaa', 'ba1b'])
        expect([source, text, pattern?.matches(text)]).toEqual([
          source,
          text,
          new RegExp(`^(?:${source})$`, 'su').test(text),
        ]);
    }
  });
});
