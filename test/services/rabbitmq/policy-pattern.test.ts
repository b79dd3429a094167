import { describe, expect, test } from 'vitest';
import { compilePattern, matcherOf, parsePattern } from '../../../src/services/rabbitmq/policy-pattern.ts';

const ODD = ['a', 'a.b', 'a|b', 'x\\', 'x\\.*', 'a.*', '(', ')$', 'é/ü %', 'a-b', '*', '[a]', '^', 'a\\|b'];

describe('a policy’s regular expression', () => {
  test('is read back as what it was made from', () => {
    for (const first of ODD)
      for (const second of ODD) {
        const match = { names: [first, second], prefixes: [second] };
        expect(parsePattern(compilePattern(match))).toEqual(match);
      }
  });

  test('that was not made here is not taken for one', () => {
    for (const pattern of [
      '^a$',
      '.*',
      '^(?!amq\\.)(?:a|b.*c)$',
      '^(?!amq\\.)(?:a.c)$',
      '^(?!amq\\.)(?:)$',
      '^(?!amq\\.)(?:a)|(?:b)$',
    ])
      expect(parsePattern(pattern), pattern).toBeUndefined();
  });

  test('fits what its names and beginnings say, and the regular expression says the same', () => {
    for (const name of ODD) {
      const pattern = compilePattern({ names: [name], prefixes: [] });
      for (const other of ODD) {
        expect(matcherOf(pattern)(other)).toBe(other === name);
        expect(new RegExp(pattern).test(other)).toBe(other === name);
      }
    }
    expect(matcherOf(compilePattern({ names: [], prefixes: ['a'] }))('amq.topic')).toBe(false);
  });

  test('of somebody else counts as fitting all where the two dialects part', () => {
    expect(matcherOf('^a.c$')('abd')).toBe(false);
    expect(matcherOf('^(a|b)[0-9]{2,}$')('a12')).toBe(true);
    for (const pattern of ['^[[:alpha:]]+$', '(?i)^A', '\\Aabc\\z', '(?>a)', '\\Qa.b\\E', '(', 'a++'])
      expect(matcherOf(pattern)('zzz'), pattern).toBe(true);
  });
});
