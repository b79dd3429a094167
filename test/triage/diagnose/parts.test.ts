import { describe, expect, test } from 'vitest';
import { graphOf, walks } from '../../../src/triage/diagnose/graph.ts';
import { logShifts, template } from '../../../src/triage/diagnose/logs.ts';
import { metricKind } from '../../../src/triage/diagnose/metric-kind.ts';
import { addressLinks, nameResolver } from '../../../src/triage/diagnose/names.ts';
import { quantile, sorted } from '../../../src/triage/diagnose/statistics.ts';

test.each([
  ['latency', 'latency'],
  ['http_request_duration_seconds', 'latency'],
  ['responseTime', 'latency'],
  ['availability', 'success'],
  ['error_rate', 'errors'],
  ['http_5xx_total', 'errors'],
  ['container_cpu_usage', 'saturation'],
  ['mem', 'saturation'],
  ['diskio', 'saturation'],
  ['socket', 'saturation'],
  ['requests', 'traffic'],
  ['workload', 'traffic'],
  ['unhealthy_hosts', 'errors'],
  ['default_latency', 'latency'],
  ['temperature', 'other'],
])('%s is a metric of %s', (metric, kind) => {
  expect(metricKind(metric)).toBe(kind);
});

test('quantiles are interpolated; what is missing is left out', () => {
  expect(quantile(sorted([4, null, 1, Number.NaN, 3, 2]), 0.5)).toBe(2.5);
  expect(quantile([7], 0.75)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});

describe('names', () => {
  const names = ['PetSearch_AWS::ECS::Fargate', 'PetSearch_client', 'orders', 'a.db.example.com_remote'];

  test.each([
    ['PetSearch', 'PetSearch_AWS::ECS::Fargate'],
    ['petsearch', 'PetSearch_AWS::ECS::Fargate'],
    ['Orders', 'orders'],
    ['PetSearch_client', 'PetSearch_client'],
    ['nobody', 'nobody'],
  ])('%s is %s', (name, known) => {
    expect(nameResolver(names)(name)).toBe(known);
  });

  test('a name that fits two fits none', () => {
    expect(nameResolver(['job_AWS::Lambda', 'job_AWS::Lambda::Function'])('job')).toBe('job');
  });

  test('an address stands for the one component that its words fit', () => {
    const servers = [
      'PetSearch_AWS::ECS::Fargate',
      'https://queue/Services-adoption_AWS::SQS',
      'Services-db',
    ];
    const searched = 'servi-searc.example.elb.amazonaws.com_remote';
    expect(addressLinks([...servers, searched])).toEqual([{ from: searched, to: servers[0] }]);
    expect(addressLinks([...servers, 'services.example.com_remote', '10.0.0.1_remote'])).toEqual([]);
    expect(addressLinks([...servers, 'PetResearch', searched])).toEqual([]);
  });
});

describe('logs', () => {
  const window = { from: 1_000, to: 2_000, step: 10 };
  const line = (t: number, text: string) => ({ t, component: 'orders', line: text });

  test('what differs from request to request is not in the template', () => {
    expect(template('error: order 17 of 10.0.0.8 failed ("x1")')).toBe(
      template('error: order 99 of 10.0.0.9 failed ("y2")'),
    );
    expect(template('id 4f9d2c1ab3 gone')).toBe('id <id> gone');
  });

  test('a template that only goes on as before has not shifted', () => {
    const steady = Array.from({ length: 200 }, (_, at) => line(at * 10, `error: retry ${at}`));
    for (const { deviations } of logShifts(steady, window)) expect(deviations).toBeLessThan(1);
  });

  test('a new kind of trouble has, and is quoted as it was logged', () => {
    const before = [line(0, 'GET / 200'), line(500, 'GET / 200')];
    const loud = Array.from({ length: 9 }, (_, at) => line(1_000 + at, `error: cannot parse ${at}`));
    expect(logShifts([...before, ...loud], window)).toMatchObject([
      { component: 'orders', seen: 9, expected: 0, example: 'error: cannot parse 0' },
    ]);
  });

  test('new lines that speak of no trouble are none', () => {
    const chatty = Array.from({ length: 50 }, (_, at) => line(1_000 + at, `cache warmed in ${at} ms`));
    expect(logShifts([line(0, 'GET / 200'), ...chatty], window)).toEqual([]);
  });

  test('without any line before, nothing can be said to have shifted', () => {
    expect(logShifts([line(1_000, 'error: new'), line(1_001, 'error: new')], window)).toEqual([]);
  });
});

describe('walks', () => {
  const graph = graphOf([
    { from: 'web', to: 'quiet' },
    { from: 'quiet', to: 'db' },
    { from: 'web', to: 'loud' },
    { from: 'loud', to: 'mid' },
    { from: 'mid', to: 'db' },
    { from: 'edge', to: 'web' },
    { from: 'db', to: 'web' },
  ]);
  const names = ['web', 'quiet', 'loud', 'mid', 'db', 'edge', 'stranger'];
  const walked = walks(graph, 'web', names, (name) => (name === 'quiet' ? 0 : 1));

  test('go through what is anomalous, though it be longer', () => {
    expect(walked.get('db')?.path).toEqual(['web', 'loud', 'mid', 'db']);
    expect(walked.get('db')?.share).toBe(1);
  });

  test('end, though the graph has a circle', () => {
    expect(walked.get('web')?.path).toEqual(['web']);
  });

  test('tell callers and strangers apart', () => {
    expect(walked.get('edge')?.relation).toBe('upstream');
    expect(walked.get('stranger')?.relation).toBe('unlinked');
  });
});
