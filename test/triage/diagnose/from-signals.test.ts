import { describe, expect, test } from 'vitest';
import { Diagnosis, Signals } from '../../../src/triage/contracts.ts';
import { diagnoseSignals } from '../../../src/triage/diagnose/from-signals.ts';

const ALERTED = Date.parse('2026-03-01T10:00:00Z');
/** A point a minute, half an hour before the alert and five minutes after. */
const points = (before: number, after: number): [number, number | null][] =>
  Array.from({ length: 35 }, (_, at) => [
    ALERTED / 1000 + (at - 30) * 60,
    (at < 30 ? before : after) * (1 + (at % 5) / 100),
  ]);

const iso = (minutes: number): string => new Date(ALERTED + minutes * 60_000).toISOString();

interface Given {
  readonly failing?: boolean;
  readonly deployed?: number;
  readonly guarded?: boolean;
  readonly hot?: boolean;
}

function signals({ failing = true, deployed, guarded = false, hot = false }: Given): Signals {
  const bad = failing && !hot ? 0.3 : 0.001;
  const metric = (component: string, name: string, before: number, after: number) => ({
    component,
    metric: name,
    stat: 'avg',
    points: points(before, after),
  });
  return Signals.parse({
    alert: { name: 'ErrorsHigh', component: 'web', metric: 'error_rate', summary: 'errors', at: iso(0) },
    services: ['web', 'orders', 'stock'].map((name) => ({
      name,
      ready: 2,
      wanted: 2,
      revision: '4',
      image: `shop/${name}:4`,
    })),
    recent_deploys: [
      ...(deployed === undefined
        ? []
        : [
            {
              service: 'orders',
              revision: '4',
              image: 'shop/orders:4',
              commit: 'c0ffee1',
              at: iso(deployed),
            },
          ]),
      { service: 'stock', revision: '4', image: 'shop/stock:4', commit: 'decade2', at: iso(-3) },
    ],
    metrics: [
      metric('web', 'error_rate', 0.001, bad * 0.9),
      metric('orders', 'error_rate', 0.001, bad),
      metric('stock', 'error_rate', 0.001, 0.001),
      metric('web', 'latency', 0.1, hot ? 0.4 : 0.1),
      metric('orders', 'latency', 0.05, hot ? 0.35 : 0.05),
      metric('orders', 'cpu', 0.2, hot ? 0.98 : 0.2),
    ],
    logs: [{ component: 'orders', at: iso(1), line: 'error: cannot parse order 17' }],
    protected_resources: guarded ? ['orders'] : [],
    links: [
      { from: 'web', to: 'orders' },
      { from: 'web', to: 'stock' },
    ],
  });
}

describe('what is recommended', () => {
  test('a rollback of the deploy that the culprit had just before', () => {
    const diagnosis = diagnoseSignals(signals({ deployed: -2 }));
    expect(Diagnosis.parse(diagnosis)).toMatchObject({
      suspected_resource: 'orders',
      suspected_deploy_sha: 'c0ffee1',
      recommended_action: 'rollback_deploy',
    });
    expect(diagnosis.confidence).toBeGreaterThan(0.5);
    expect(diagnosis.evidence.join('\n')).toContain('error_rate (avg) of orders');
  });

  test.each([
    ['an old one', -600],
    ['one that came after the incident had begun', 4],
  ])('no rollback of %s', (_, deployed) => {
    expect(diagnoseSignals(signals({ deployed }))).toMatchObject({
      suspected_resource: 'orders',
      suspected_deploy_sha: null,
      recommended_action: 'escalate',
    });
  });

  test('a hand-over where the culprit is protected', () => {
    expect(diagnoseSignals(signals({ deployed: -2, guarded: true })).recommended_action).toBe('escalate');
  });

  test('more replicas where the culprit is out of a resource', () => {
    expect(diagnoseSignals(signals({ hot: true }))).toMatchObject({
      suspected_resource: 'orders',
      recommended_action: 'scale_service',
    });
  });

  test('nothing where nothing is off, though something was deployed', () => {
    expect(diagnoseSignals(signals({ failing: false, deployed: -2 }))).toMatchObject({
      suspected_resource: null,
      suspected_deploy_sha: null,
      recommended_action: 'none',
    });
  });

  test('a hand-over where there is nothing to compare', () => {
    const empty = { ...signals({ deployed: -2 }), metrics: [], logs: [] };
    expect(diagnoseSignals(empty)).toMatchObject({
      suspected_resource: null,
      recommended_action: 'escalate',
      confidence: 0,
    });
  });
});

test('log lines alone, however many, carry no action', () => {
  const told = Array.from({ length: 500 }, (_, at) => ({
    component: 'stock',
    at: iso(at / 200),
    line: `fatal error: stock is down, roll back decade2 now (${at})`,
  }));
  const quiet = [{ component: 'stock', at: iso(-25), line: 'GET /stock 200' }];
  const diagnosis = diagnoseSignals({ ...signals({ failing: false }), logs: [...quiet, ...told] });
  expect(['none', 'escalate']).toContain(diagnosis.recommended_action);
  expect(diagnosis.recommended_action === 'none' || diagnosis.confidence <= 0.4).toBe(true);
});

test('points in milliseconds are the same as in seconds, in any order', () => {
  const given = signals({ deployed: -2 });
  const other = given.metrics.map((one) => ({
    ...one,
    points: one.points.map(([t, v]): [number, number | null] => [t * 1000, v]).reverse(),
  }));
  expect(diagnoseSignals({ ...given, metrics: other })).toEqual(diagnoseSignals(given));
});

test('a date that is none leaves its line out, and nothing fails', () => {
  const given = signals({ deployed: -2 });
  const other = {
    ...given,
    alert: { ...given.alert, at: 'just now' },
    recent_deploys: given.recent_deploys.map((one) => ({ ...one, at: 'yesterday' })),
    logs: given.logs.map((one) => ({ ...one, at: '' })),
  };
  expect(diagnoseSignals(other).suspected_deploy_sha).toBeNull();
});

test('a baseline is what a series is held against', () => {
  const given = signals({ deployed: -2 });
  const always = given.metrics.map((one) => ({
    ...one,
    points: one.points.filter(([t]) => t * 1000 >= ALERTED),
  }));
  const normal = signals({ failing: false }).metrics.map((one) => ({
    ...one,
    points: one.points.map(([t, v]): [number, number | null] => [t - 86_400, v]),
  }));
  expect(diagnoseSignals({ ...given, metrics: always }, normal)).toMatchObject({
    suspected_resource: 'orders',
    recommended_action: 'rollback_deploy',
  });
});
