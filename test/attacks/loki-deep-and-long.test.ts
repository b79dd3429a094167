import { describe, expect, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();
const many = (count: number, text: string) => Array.from({ length: count }, () => text).join('');
const RATE = 'rate({app="cart"}[5m])';

describe('a query that exhausts its reader', () => {
  test.for([
    ['nested aggregations', `${many(400, 'sum(')}${RATE}${many(400, ')')}`],
    ['nested parentheses', `${many(3000, '(')}${RATE}${many(3000, ')')}`],
    ['parentheses around lines', `${many(3000, '(')}{app="cart"}${many(3000, ')')}`],
    ['parentheses without end', many(8000, '(')],
    ['label filters', `{app="cart"} | ${many(2000, '(')}a="b"${many(2000, ')')}`],
    ['a long sum', `${RATE}${many(400, ` + ${RATE}`)}`],
    ['operators', `1${many(5000, '+1')}`],
    ['too long', `{app="cart"} |= "${many(17_000, 'x')}"`],
    ['a selector without end', `{${many(4000, 'a="b",')}`],
    ['alternatives', `{app="cart"} |= "a"${many(2500, ' or "a"')}`],
    ['quotes', many(8000, '"')],
  ])('%s is refused, and soon', async ([, logql]) => {
    expect(await attack.refused('loki_query_range', { logql })).toMatchObject({ code: 'query_refused' });
  });

  test('many stages are a list, not a nest', async () => {
    await attack.confined('loki_query_range', { logql: `{app="cart"}${many(500, ' |= "cart"')}` });
    await attack.confined('loki_query_range', { logql: `{app="cart"}${many(500, ' | json')}` });
  });
});
