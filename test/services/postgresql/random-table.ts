/** A generator that gives the same numbers for the same seed (mulberry32), so that a failure can be repeated. */
export class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(from: readonly T[]): T {
    const one = from[this.below(from.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  }
}

/** Types that the random tables use. */
export const PREPARATION =
  "create type mood as enum ('low', 'high'); create domain positive as int check (value > 0)";

const TEXTS = [
  "o'clock",
  'back\\slash',
  '"quoted"',
  'ünï ✓ 𝄞',
  '',
  ' spaces ',
  'line\nbreak',
  '$1',
  "E'\\n'",
  '{a,b}',
  'NULL',
  '--',
  '%',
];
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** SQL of a random value of each type; what a text form could lose is among them. */
const TYPES: Readonly<Record<string, (chance: Chance) => string>> = {
  int: (chance) => `${chance.below(2 ** 31) - 2 ** 30}`,
  bigint: (chance) => chance.pick(['9223372036854775807', '-9223372036854775808', '0']),
  text: (chance) => literal(chance.pick(TEXTS)),
  'varchar(20)': (chance) => literal(chance.pick(TEXTS)),
  'char(9)': (chance) => literal(chance.pick(['ab', 'ab  ', ''])),
  'numeric(30,10)': (chance) =>
    chance.pick(['0.0000000001', '-12345678901234567890.1', 'NaN::numeric'.replace('NaN', "'NaN'")]),
  numeric: (chance) => chance.pick(['1.10', '1.1000', "'NaN'", '1e-30', '123456789012345678901234567890']),
  'double precision': (chance) =>
    chance.pick(['0.1', "'NaN'", "'-Infinity'", '1e308', '0.30000000000000004', "'-0'"]),
  real: (chance) => chance.pick(['0.1', '16777217', '3.4e38']),
  boolean: (chance) => chance.pick(['true', 'false']),
  timestamptz: (chance) =>
    chance.pick(["'2024-03-31 01:30:00.123456+02'", "'infinity'", "'0044-03-15 12:00:00+00 BC'"]),
  timestamp: (chance) => chance.pick(["'1999-12-31 23:59:59.999999'", "'-infinity'"]),
  date: (chance) => chance.pick(["'2024-02-29'", "'5874897-12-31'"]),
  interval: (chance) => chance.pick(["'1 mon -3 days 04:05:06.789'", "'-1 year 2 mons'", "'0'"]),
  jsonb: (chance) => chance.pick([`'{"a": [1, null, "ü\\\\n"], "b": {"c": 1.10}}'`, "'null'", `'"x"'`]),
  json: (chance) => chance.pick([`'{"b" : 1,  "a":1, "a":2}'`, "'[ ]'"]),
  bytea: (chance) => chance.pick(["'\\x'", "'\\x00ff5c27'", "'\\xdeadbeef'"]),
  'text[]': (chance) =>
    chance.pick([
      `array[${literal(chance.pick(TEXTS))}, null, 'x']`,
      "'{}'",
      "array[['a','b'],['c','d']]",
      "'[5:6]={a,b}'",
    ]),
  'int[]': (chance) => chance.pick(["'{1,null,3}'", "'{{1,2},{3,4}}'"]),
  uuid: () => 'gen_random_uuid()',
  inet: (chance) => chance.pick(["'10.0.0.1/8'", "'::1'"]),
  int4range: (chance) => chance.pick(["'[1,5)'", "'empty'", "'(,)'"]),
  'bit varying(9)': (chance) => chance.pick(["B'101'", "B''"]),
  xml: (chance) => chance.pick(["'<a>x</a>'", "'text only'"]),
  money: (chance) => chance.pick(["'12.34'", "'-1000000.5'"]),
  mood: (chance) => chance.pick(["'low'", "'high'"]),
  positive: (chance) => `${1 + chance.below(100)}`,
  tsvector: (chance) => chance.pick(["'a:1 b:2A'", "'''o''''clock'':3'"]),
};
/** Runs one statement as somebody with every right. */
type Run = (sql: string) => Promise<unknown>;

const KEYS: readonly (readonly string[])[] = [
  ['id int'],
  ['id int', 'region text'],
  ['id int', 'seen timestamptz'],
  ['id int', 'code char(4)', 'share numeric'],
];
const KEY_VALUES: Readonly<Record<string, (chance: Chance) => string>> = {
  region: (chance) => literal(chance.pick(TEXTS)),
  seen: (chance) => chance.pick(["'2024-03-31 01:30:00.123456+02'", "'infinity'"]),
  code: (chance) => literal(chance.pick(['a', 'ab', "o'c"])),
  share: (chance) => chance.pick(['1.0', '1.00', '0.3333333333']),
};

export interface RandomTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Statement that inserts a row of an id. */
  rowFrom(chance: Chance, id: number): string;
}

/** @param label tells it from the tables of other seeds */
export async function makeTable(run: Run, chance: Chance, label: number | string): Promise<RandomTable> {
  const name = `"T'${label} ü"`;
  const types = Object.keys(TYPES);
  const columns = Array.from({ length: 2 + chance.below(6) }, (_, at) => ({
    name: `"c ${at}"`,
    type: chance.pick(types),
  }));
  const key = chance.pick(KEYS);
  const keyNames = key.map((part) => part.split(' ')[0] ?? '');
  const definitions = [
    ...key,
    ...columns.map((column) => `${column.name} ${column.type}`),
    'touched int not null default 0',
    'derived int generated always as (id * 2) stored',
    'numbered int generated always as identity',
    `primary key (${keyNames.join(', ')})`,
  ];
  const partitioned = chance.below(3) === 0;
  await run(
    `create table ${name} (${definitions.join(', ')}) ${partitioned ? 'partition by hash (id)' : ''}`,
  );
  if (partitioned)
    for (const part of [0, 1])
      await run(
        `create table "p${label}_${part}" partition of ${name} for values with (modulus 2, remainder ${part})`,
      );
  const rowFrom = (from: Chance, id: number) =>
    `(${[
      `${id}`,
      ...keyNames.slice(1).map((part) => KEY_VALUES[part]?.(from) ?? 'null'),
      ...columns.map(({ type }) => randomValue(from, type)),
    ].join(', ')})`;
  const names = [...keyNames, ...columns.map((column) => column.name)].join(', ');
  return {
    name,
    columns,
    rowFrom: (from, id) => `insert into ${name} (${names}) values ${rowFrom(from, id)}`,
  };
}

const randomValue = (chance: Chance, type: string): string =>
  chance.below(4) === 0 ? 'null' : (TYPES[type]?.(chance) ?? 'null');

/** Conditions that name some of the rows 1 to 8. */
export const CONDITIONS = ['id <= 4', 'id % 2 = 0', 'id in (1, 4, 6)', 'derived > 6'] as const;

export function randomWrite(
  chance: Chance,
  { name, columns, rowFrom }: RandomTable,
  conditions: readonly string[] = CONDITIONS,
): string {
  const where = chance.pick(conditions);
  const kind = chance.below(3);
  if (kind === 0) return `delete from ${name} where ${where}`;
  if (kind === 1) return rowFrom(chance, 50);
  const sets = columns.filter(() => chance.below(2) === 0);
  const chosen = sets.length > 0 ? sets : columns.slice(0, 1);
  return `update ${name} as x set touched = x.touched + 1, ${chosen.map((column) => `${column.name} = ${randomValue(chance, column.type)}`).join(', ')} where ${where}`;
}
