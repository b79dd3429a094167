import { describe, expect, test } from 'vitest';
import { guardQuery, guardSelector } from '../../src/services/loki/guard.ts';
import { openAttack, openLoki } from '../services/loki/lab.ts';
import { LogqlParser } from '../twins/logql-parser.ts';

const attack = openAttack();

/** A scope is written by people; a value of theirs with signs of the language confines all the same. */
describe('a scope whose value has signs of LogQL', () => {
  test.for(['a"b', 'a\\', '"} or {a="b', '`', 'a\nb', '.*', '😀', '{{.x}}', '#'])('%j', async (value) => {
    const scope = { namespace: value };
    const wanted = { label: 'namespace', op: '=', value };
    const { logql } = guardQuery('sum(rate({app="x"}[5m])) or rate({namespace="shop"}[5m])', scope);
    const { selectors } = new LogqlParser(logql).parse();
    expect(selectors).toHaveLength(2);
    for (const selector of selectors) expect(selector).toContainEqual(wanted);
    expect(new LogqlParser(guardSelector('{app="x"}', scope)).parse().selectors[0]).toContainEqual(wanted);
    const client = openLoki(attack.port(), { scopes: { shop: { labels: scope } } });
    attack.forget();
    expect(await client.read('loki_query_range', 'shop', {})).toMatchObject({ result: [] });
    expect(await client.read('loki_series', 'shop', {})).toMatchObject({ streams: [] });
    for (const selector of attack.twin().selectors) expect(selector).toEqual([wanted]);
  });
});
