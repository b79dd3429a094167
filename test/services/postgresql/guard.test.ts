import { parse } from 'libpg-query';
import { expect, test } from 'vitest';
import { cached } from '../../../src/services/postgresql/guard/cache.ts';
import { assertGuarded } from '../../../src/services/postgresql/guard/guarded.ts';
import { walkQuery } from '../../../src/services/postgresql/guard/walk.ts';
import { createGuard } from '../../../src/services/postgresql/guard.ts';

const selectTree = async (sql: string) => {
  const { stmts } = await parse(sql);
  return JSON.parse(JSON.stringify(stmts?.[0]?.stmt));
};

test('a node of a later parser is refused, wherever it stands', async () => {
  const tree = await selectTree('select 1 from t where true');
  tree.SelectStmt.whereClause = { NewFangledExpr: { arg: { A_Const: { ival: { ival: 1 } } } } };
  expect(() => walkQuery(tree)).toThrow(/NewFangledExpr/);
});

test('a field of a later parser is refused', async () => {
  const tree = await selectTree('select a from t');
  tree.SelectStmt.fromClause[0].RangeVar.asOfTime = 'yesterday';
  expect(() => walkQuery(tree)).toThrow(/RangeVar.asOfTime/);
});

test.each(['__proto__', 'constructor', 'toString'])('the tag %s is no way round', (tag) => {
  const tree = JSON.parse(`{"SelectStmt":{"whereClause":{"${tag}":{}}}}`);
  expect(() => walkQuery(tree)).toThrow(/query_refused/);
});

test('what a query names is gathered from every corner', async () => {
  const mentions = walkQuery(
    await selectTree(`with c as (select f1() from t1) select f2(x.y)::t.y2, 1 @@@ 2, (z).w from t2, lateral f3() g
      where a in (select 1 from s.t3 order by b using <<<) group by f4(1) having f5(1) limit f6()`),
  );
  expect(mentions.functions.map(({ name }) => name).sort()).toEqual(['f1', 'f2', 'f3', 'f4', 'f5', 'f6']);
  expect(mentions.relations.map(({ name }) => name).sort()).toEqual(['t1', 't2', 't3']);
  expect(mentions.operators.map(({ name }) => name)).toEqual(expect.arrayContaining(['@@@', '<<<']));
  expect(mentions.types).toEqual([{ schema: 't', name: 'y2' }]);
  expect([...mentions.attributes].sort()).toEqual(['w', 'y']);
  expect([...mentions.ctes]).toEqual(['c']);
});

test('a link to the server’s own schemas opens nothing', async () => {
  const guard = createGuard(() => expect.fail('the server was asked'));
  for (const schemas of [['pg_catalog'], ['public', 'information_schema'], []])
    await expect(guard.statement('select 1', { schemas })).rejects.toThrow(/query_refused/);
});

test('a forged statement is not run', () => {
  expect(() => assertGuarded(JSON.parse('{"sql":"drop table t","schemas":["public"]}'))).toThrow(/guard/);
});

test('a cached answer goes after its time, a failure at once, the oldest first', async () => {
  let clock = 0;
  let made = 0;
  const cache = cached<number>(2, 10, () => clock);
  const make = async () => ++made;
  expect([await cache('a', make), await cache('a', make)]).toEqual([1, 1]);
  clock = 11;
  expect(await cache('a', make)).toBe(2);
  await expect(cache('b', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await cache('b', make)).toBe(3);
  await cache('c', make);
  expect(await cache('a', make)).toBe(5);
});
