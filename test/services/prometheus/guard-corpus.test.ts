import { describe, expect, inject, test } from 'vitest';
import { guardExpression } from '../../../src/services/prometheus/guard.ts';
import { ToolError } from '../../../src/toolset/errors.ts';
import { countSelectors, unconfined } from './confinement.ts';
import { formatted, OF_FINANCE, openProm } from './fixture.ts';
import { mutate, randomExpression, seededRandom } from './random-promql.ts';

const backend = inject('prometheus');
const SHOP = { namespace: 'shop' };
const GENERATED = 3000;

const corpus = () => {
  const random = seededRandom(20_260_131);
  return Array.from({ length: GENERATED }, (_, index) => randomExpression(random, 1 + (index % 5)));
};

/** The guarded expression; undefined where the guard refuses it, as it may. Any other error fails the test. */
function guarded(expr: string): string | undefined {
  try {
    return guardExpression(expr, SHOP).expr;
  } catch (error) {
    if (error instanceof ToolError && error.code === 'query_refused') return undefined;
    throw error;
  }
}

test('every generated expression is confined in every selector, and none is lost', () => {
  const inputs = corpus();
  const passed = inputs.filter((expr) => {
    const result = guarded(expr);
    if (result === undefined) return false;
    expect(unconfined(result), expr).toEqual([]);
    expect(countSelectors(result), expr).toBe(countSelectors(expr));
    return true;
  });
  expect(new Set(inputs).size).toBeGreaterThan(2000);
  expect(passed.length).toBe(inputs.length);
});

test('a guarded expression guarded again without a scope stays as it is', () => {
  for (const expr of corpus().slice(0, 500)) {
    const once = guarded(expr) ?? '';
    expect(guardExpression(once, {}).expr).toBe(once);
  }
});

describe.skipIf(!backend)('on a real server', () => {
  const port = backend?.port ?? 0;

  test('Prometheus’ own parser sees every selector of the corpus confined', async () => {
    const understood = await inTurns(corpus(), async (expr) => {
      const theirs = await formatted(port, guarded(expr) ?? '');
      if (theirs !== undefined) expect(unconfined(theirs), expr).toEqual([]);
      return theirs !== undefined && countSelectors(theirs) === countSelectors(expr);
    });
    expect(understood.filter(Boolean).length).toBeGreaterThan(2000);
  }, 120_000);

  test('no generated expression brings a finance value back', async () => {
    const prom = await openProm({ url: `http://127.0.0.1:${port}` });
    const answers = await inTurns(corpus().slice(0, 2500), async (expr) => {
      const answer = await prom.call('prom_query', { expr }, 'shop').catch((error: unknown) => {
        if (error instanceof ToolError && error.code === 'query_failed') return undefined;
        throw error;
      });
      for (const { metric } of (answer?.result ?? []) as { metric: object }[]) {
        // `absent` echoes equality matchers of the query, which are the caller's own words.
        if (!expr.includes('absent')) expect(JSON.stringify(metric), expr).not.toMatch(OF_FINANCE);
      }
      return (answer?.result as unknown[] | undefined)?.length ?? 0;
    });
    expect(answers.filter((count) => count > 0).length).toBeGreaterThan(100);
  }, 120_000);

  test('a mangled expression is refused or still confined, in the eyes of Prometheus too', async () => {
    const random = seededRandom(7);
    const mangled = Array.from({ length: 6000 }, () => mutate(random, randomExpression(random, 3)));
    const outcomes = await inTurns(mangled, async (expr) => {
      const result = guarded(expr);
      if (result === undefined) return 'refused';
      expect(unconfined(result), expr).toEqual([]);
      const theirs = await formatted(port, result);
      if (theirs !== undefined) expect(unconfined(theirs), expr).toEqual([]);
      return 'confined';
    });
    expect(outcomes.filter((one) => one === 'confined').length).toBeGreaterThan(300);
    expect(outcomes.filter((one) => one === 'refused').length).toBeGreaterThan(300);
  }, 120_000);
});

/** Maps with a few requests under way at once. */
async function inTurns<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += 16) {
    results.push(...(await Promise.all(items.slice(at, at + 16).map(run))));
  }
  return results;
}
