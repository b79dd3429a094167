import { describe, expect, test } from 'vitest';
import { guardQuery } from '../../../src/services/loki/guard.ts';
import { ToolError } from '../../../src/toolset/errors.ts';
import { LogqlError } from '../../twins/logql-lexer.ts';
import { LogqlParser } from '../../twins/logql-parser.ts';
import { mutate, seededRandom } from '../prometheus/random-promql.ts';
import { OF_FINANCE, openTwin } from './lab.ts';
import { randomQuery } from './random-logql.ts';

const SHOP = { namespace: 'shop' };
const GENERATED = 3000;

const corpus = () => {
  const random = seededRandom(20_260_131);
  return Array.from({ length: GENERATED }, (_, index) => randomQuery(random, 1 + (index % 4)));
};

/** The guarded query; undefined where the guard refuses it, as it may. Any other error fails the test. */
function guarded(query: string): string | undefined {
  try {
    return guardQuery(query, SHOP).logql;
  } catch (error) {
    if (error instanceof ToolError && error.code === 'query_refused') return undefined;
    throw error;
  }
}

/** The selectors that the twin's own parser sees; undefined where it sees no query. */
function selectorsOf(query: string) {
  const parser = new LogqlParser(query);
  try {
    parser.parse();
  } catch (error) {
    // Each selector that was read before the mistake was found counts too.
    if (!(error instanceof LogqlError || error instanceof SyntaxError)) throw error;
    return { selectors: parser.selectors, isWhole: false };
  }
  return { selectors: parser.selectors, isWhole: true };
}

const isConfined = (selector: readonly { label: string; op: string; value: string }[]) =>
  selector.some(({ label, op, value }) => label === 'namespace' && op === '=' && value === 'shop');

describe('generated queries', () => {
  test('each is confined in every selector, in the eyes of a parser of another make', () => {
    const inputs = corpus();
    let selectors = 0;
    for (const query of inputs) {
      const result = guarded(query);
      expect(result, query).toBeDefined();
      const seen = selectorsOf(result ?? '');
      expect(seen.isWhole, `${query}\n${result}`).toBe(true);
      expect(
        seen.selectors.filter((one) => !isConfined(one)),
        query,
      ).toEqual([]);
      expect(seen.selectors.length, query).toBe(
        query.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '').split('{').length - 1,
      );
      selectors += seen.selectors.length;
    }
    expect(new Set(inputs).size).toBeGreaterThan(2500);
    expect(selectors).toBeGreaterThan(GENERATED);
  });

  test('one that is guarded again stays as it is', () => {
    for (const query of corpus().slice(0, 500)) {
      const once = guarded(query) ?? '';
      expect(guardQuery(once, SHOP).logql).toBe(once);
      expect(guardQuery(once, {}).logql).toBe(once);
    }
  });

  test('without a scope a query keeps its meaning', () => {
    for (const query of corpus().slice(0, 500)) {
      expect(selectorsOf(guardQuery(query, {}).logql).selectors, query).toEqual(selectorsOf(query).selectors);
    }
  });

  test('a mangled one is refused or still confined', () => {
    const random = seededRandom(7);
    let passed = 0;
    for (let count = 0; count < 6000; count++) {
      const query = mutate(random, randomQuery(random, 2));
      const result = guarded(query);
      if (result === undefined) continue;
      passed += 1;
      const { selectors } = selectorsOf(result);
      expect(
        selectors.filter((one) => !isConfined(one)),
        query,
      ).toEqual([]);
    }
    expect(passed).toBeGreaterThan(300);
    expect(passed).toBeLessThan(5700);
  });
});

describe('on the twin', () => {
  const lab = openTwin();

  test('no generated query brings a line or a label of finance back', async () => {
    let answered = 0;
    for (const logql of corpus().slice(0, 800)) {
      const answer = await lab
        .read('loki_query_range', 'shop', { logql, step: '30m' })
        .catch((error: unknown) => {
          if (error instanceof ToolError && error.code === 'query_failed') return undefined;
          throw error;
        });
      const { result = [], streams = [] } = (answer ?? {}) as { result?: unknown[]; streams?: unknown[] };
      const shown = JSON.stringify([result, streams]).replaceAll('finance-lookalike', '');
      // `absent_over_time` echoes equality matchers of the query, which are the caller's own words.
      if (!logql.includes('absent')) expect(shown, logql).not.toMatch(OF_FINANCE);
      if (result.length > 0) answered += 1;
    }
    expect(answered).toBeGreaterThan(50);
  }, 120_000);
});
