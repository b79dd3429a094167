import { describe, expect, test } from 'vitest';
import { spellingOf } from '../../../src/services/clickhouse/sql/functions.ts';
import { printQuery } from '../../../src/services/clickhouse/sql/print.ts';
import { parseSelect } from '../../../src/services/clickhouse/sql/select.ts';
import { HOSTILE, ORDINARY } from './corpus.ts';
import { mutate, randomQuery } from './random-sql.ts';

const anew = (sql: string) => printQuery(parseSelect(sql, 'shop').query, { database: 'shop' });

test.each(HOSTILE)('%s is refused', (sql) => {
  expect(() => anew(sql)).toThrow(expect.objectContaining({ code: 'query_refused' }));
});

test.each(ORDINARY)('%s is printed as %s', (sql, printed) => {
  expect(anew(sql)).toBe(printed);
  expect(anew(printed)).toBe(printed);
});

test('a WITH query cannot grow a short text without end', () => {
  const names = Array.from({ length: 30 }, (_, at) => `q${at}`);
  const bomb = names.map((name, at) => {
    const before = names[at - 1];
    return `${name} AS (SELECT 1 AS x ${before ? `FROM ${before} AS a CROSS JOIN ${before} AS b` : ''})`;
  });
  expect(() => anew(`WITH ${bomb.join(', ')} SELECT 1 FROM q29`)).toThrow(/WITH queries/);
});

test.each([
  ['brackets', `SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`],
  ['minus signs', `SELECT ${'- '.repeat(5000)}1`],
  ['NOT', `SELECT ${'NOT '.repeat(5000)}1`],
  ['subqueries', `${'SELECT * FROM ('.repeat(3000)}SELECT 1${')'.repeat(3000)}`],
  ['arrays', `SELECT ${'['.repeat(5000)}1${']'.repeat(5000)}`],
  ['a long sum', `SELECT 1${' + 1'.repeat(4000)}`],
  ['types', `SELECT CAST(1 AS ${'Array('.repeat(3000)}String${')'.repeat(3000)})`],
])('%s that nest without end are refused and do no harm', (_, sql) => {
  expect(() => anew(sql)).toThrow(expect.objectContaining({ code: 'query_refused' }));
});

test('functions that reach past their arguments have no spelling', () => {
  for (const name of [
    'dictGet',
    'dictGetString',
    'dictHas',
    'joinGet',
    'joinGetOrNull',
    'file',
    'url',
    'getSetting',
    'hostName',
    'currentUser',
    'currentDatabase',
    'version',
    'getMacro',
    'sleep',
    'sleepEachRow',
    'throwIf',
    'in',
    'globalIn',
    'notIn',
    'nullIn',
    'hasColumnInTable',
    'arrayReduce',
    'initializeAggregation',
    'modelEvaluate',
    'evalMLMethod',
    'catboostEvaluate',
    'encrypt',
    'decrypt',
    'addressToLine',
    'demangle',
    'filesystemFree',
    'uptime',
    'remote',
    'executable',
    'aes_decrypt_mysql',
    'structureToProtobufSchema',
    'lowCardinalityIndices',
    'sumDict',
    'sleepIf',
    'dictGetIf',
    'State',
    'substringIf',
    'sumIfIfIfIfIf',
    'constructor',
    '__proto__',
    'toString_',
  ])
    expect(spellingOf(name), name).toBeUndefined();
  expect(['COUNT', 'sumif', 'sumIf', 'uniqExactArrayIf', 'quantilesState', 'SubStr'].map(spellingOf)).toEqual(
    ['count', undefined, 'sumIf', 'uniqExactArrayIf', 'quantilesState', 'substring'],
  );
});

describe.each([1, 2, 3, 4, 5, 6])('random queries (seed %i)', (seed) => {
  test('what is accepted means the same printed anew, and names tables of the database alone', () => {
    const random = randomQuery(seed);
    let accepted = 0;
    for (let at = 0; at < 500; at += 1) {
      const sql = at % 3 === 0 ? random.query() : mutate(random.query(), random);
      let printed: string;
      try {
        printed = anew(sql);
      } catch (error) {
        expect(error, sql).toMatchObject({ code: 'query_refused' });
        continue;
      }
      accepted += 1;
      const again = parseSelect(printed, 'shop');
      expect(printQuery(again.query, { database: 'shop' }), sql).toBe(printed);
      expect([...again.mentions.bare], printed).toEqual([]);
      expectConfined(printed);
    }
    expect(accepted).toBeGreaterThan(100);
  });
});

/** Says it of the text itself, without the parser: every table is one of `shop`, and no other word of SQL is there. */
function expectConfined(printed: string) {
  const bare = printed
    .replace(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, (text) => (/^`\w+`$/.test(text) ? text : '``'))
    .replace(/``/g, "''");
  for (const [, source] of bare.matchAll(/(?:FROM|(?<!ARRAY )JOIN) (\S+)/g))
    expect(source, printed).toMatch(/^(\(|`shop`\.`)/);
  expect(bare.replace(/`(?:[^`\\]|\\.)*`/g, '``'), printed).not.toMatch(
    /\b(SETTINGS|FORMAT|INTO|OUTFILE|INSERT|ALTER|SYSTEM|KILL)\b|[;#{}@$]|--|\/\*/i,
  );
  expect(bare, printed).not.toMatch(/\bIN \(?`/);
}
