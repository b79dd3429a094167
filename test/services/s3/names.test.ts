import { describe, expect, test } from 'vitest';
import { BucketName, Key, Prefix } from '../../../src/services/s3/names.ts';

describe('keys', () => {
  test.for([
    'a',
    'reports/2026/a.csv',
    'folder/',
    'a b+c&d=e?f#g%h',
    "odd '()!*~;:@,$[]",
    'é/日本/😀.txt',
    '...',
    'a/.hidden/..b/c..',
    '100%25',
    'k'.repeat(1024),
  ])('%j is one', (key) => {
    expect(Key.safeParse(key).success).toBe(true);
  });

  test.for([
    '',
    'k'.repeat(1025),
    'é'.repeat(513),
    'a\nb',
    'a\u0000b',
    'half \ud800 pair',
    '/a',
    'a//b',
    '//',
  ])('%j is none', (key) => {
    expect(Key.safeParse(key).success).toBe(false);
  });
});

describe('prefixes', () => {
  test.for(['a', 'reports/', 'reports/2026-', 'a/.h'])('%j is one', (prefix) => {
    expect(Prefix.safeParse(prefix).success).toBe(true);
  });

  test.for(['', '/', 'a//', '../', 'a/../', './', 'a/.', 'a/..', 'a%2f%2e%2e/'])('%j is none', (prefix) => {
    expect(Prefix.safeParse(prefix).success).toBe(false);
  });
});

describe('buckets', () => {
  test.for(['abc', 'shop-invoices', 'a.b.c', '0abc1', 'a--b', 'b'.repeat(63)])('%j is one', (name) => {
    expect(BucketName.safeParse(name).success).toBe(true);
  });

  test.for([
    'ab',
    'b'.repeat(64),
    'Shop',
    'a_b',
    'a..b',
    'a.-b',
    'a-.b',
    '-ab',
    'ab-',
    '10.0.0.1',
    'a/b',
    '',
  ])('%j is none', (name) => {
    expect(BucketName.safeParse(name).success).toBe(false);
  });
});
