/** A source of the same choices for the same seed, and of queries made with them. */
export interface RandomSql {
  below(most: number): number;
  pick<T>(all: readonly T[]): T;
  query(): string;
}

const TABLES = ['events', 'shop.events', 'totals', '`events`', 'shop.`totals`', 'views'];
const NAMES = ['id', 'kind', 'e.id', '`a b`', '"q"', 'tags', 'n', 'shop.events.id'];
const VALUES = ['1', '0.5', "'x'", "'it''s'", "'\\\\'", 'NULL', '[1, 2]', "(1, 'y')", '1e3', "'\\x01;--'"];
/** What is put anywhere into a query to see whether it gets through. */
const WEEDS = [
  'vault.secrets',
  'system.tables',
  'SETTINGS readonly = 0',
  'FORMAT JSON',
  'INTO OUTFILE',
  ';',
  '--',
  '/*',
  '*/',
  "'",
  '`',
  '"',
  '(',
  ')',
  '[',
  ']',
  ',',
  '.',
  'IN',
  'FROM',
  'SELECT',
  'UNION ALL',
  'WITH',
  'AS',
  'JOIN',
  'vault',
  'secrets',
  "url('http://x')",
  'remote(',
  'dictGet(',
  '{x:String}',
  '\\',
  '::',
  '->',
  '?',
  ':',
  'NOT',
  'GLOBAL',
  'LIMIT',
  '\u0000',
];

export function randomQuery(seed: number): RandomSql {
  let at = seed * 2_654_435_761;
  const below = (most: number) => {
    at = (Math.imul(at, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((at / 2 ** 32) * most);
  };
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const maybe = (text: () => string) => (below(3) === 0 ? text() : '');

  function expr(depth: number): string {
    if (depth <= 0) return pick(below(2) ? NAMES : VALUES);
    const inner = () => expr(depth - 1 - below(2));
    return pick([
      () => `${inner()} ${pick(['+', '-', '*', '=', '<>', 'AND', 'OR', 'LIKE', '||'])} ${inner()}`,
      () => `${pick(['sum', 'max', 'lower', 'length', 'countIf', 'toString'])}(${inner()})`,
      () => `(${inner()})`,
      () => `NOT ${inner()}`,
      () => `-${inner()}`,
      () => `${inner()} IN (${pick(['1, 2', "'a'", select(0)])})`,
      () => `${inner()} BETWEEN ${inner()} AND ${inner()}`,
      () => `CASE WHEN ${inner()} THEN ${inner()} ELSE ${inner()} END`,
      () => `CAST(${inner()} AS ${pick(['String', 'Nullable(UInt8)', 'Array(String)'])})`,
      () => `arrayMap((x, y) -> ${inner()}, ${inner()}, [1])`,
      () => `${inner()}[1]`,
      () => `(${select(depth - 2)})`,
      () => `${inner()} IS NOT NULL`,
      () => `(${inner()}) ? ${inner()} : ${inner()}`,
    ])();
  }

  function source(depth: number): string {
    return depth > 0 && below(4) === 0
      ? `(${select(depth - 1)}) AS s`
      : `${pick(TABLES)}${maybe(() => ' AS e')}`;
  }

  function select(depth: number): string {
    return [
      maybe(() => pick([`WITH c AS (SELECT * FROM ${pick(TABLES)})`, 'WITH 1 AS one'])),
      `SELECT ${maybe(() => 'DISTINCT ')}${expr(depth)}${maybe(() => ' AS a')}, ${expr(depth - 1)}`,
      `FROM ${source(depth)}`,
      maybe(() => `${pick(['ANY LEFT', 'ALL INNER', 'GLOBAL ANY LEFT', ''])} JOIN ${source(depth)} USING id`),
      maybe(() => 'ARRAY JOIN tags AS tag'),
      maybe(() => `WHERE ${expr(depth)}`),
      maybe(() => `GROUP BY ${expr(depth - 1)}`),
      maybe(() => `HAVING ${expr(depth - 1)}`),
      maybe(() => `ORDER BY ${expr(depth - 1)} DESC`),
      maybe(() => 'LIMIT 2 BY id'),
      maybe(() => 'LIMIT 5'),
      maybe(() => (depth > 1 ? `UNION ALL ${select(depth - 1)}` : '')),
    ].join(' ');
  }

  return { below, pick, query: () => select(1 + below(3)) };
}

/** The query with one to three pieces of it cut out, doubled or overgrown. */
export function mutate(sql: string, { below, pick }: RandomSql): string {
  let text = sql;
  for (let times = 1 + below(3); times > 0; times -= 1) {
    const words = text.split(/(?<=[\s(),.])/);
    const at = below(words.length);
    const kinds = [
      [],
      [words[at] ?? '', words[at] ?? ''],
      [` ${pick(WEEDS)} `],
      [words[at] ?? '', pick(WEEDS)],
    ];
    words.splice(at, 1, ...pick(kinds));
    text = words.join('');
  }
  return text;
}
