import { describe, expect, test } from 'vitest';
import { events } from '../../../src/services/argocd/tools/events.ts';
import { logs } from '../../../src/services/argocd/tools/logs.ts';
import { code, logText, POD, useArgo } from './fixture.ts';

const { twin, argo } = useArgo();
const orders = { application: 'orders' };

describe('argocd_events', () => {
  test('are those of the application, newest first, or of one resource', async () => {
    const own = await argo().read(events, 'shop', orders);
    expect(own.events.map(({ reason }) => reason)).toEqual(['OperationCompleted', 'OperationStarted']);
    const resource = { kind: 'Pod', name: POD, namespace: 'shop' };
    const pods = await argo().read(events, 'shop', { ...orders, resource });
    expect(pods.events).toMatchObject([{ object: `Pod ${POD}`, reason: 'BackOff', count: 2 }]);
    const cut = await argo().read(events, 'shop', orders, { limits: { rows: 1 } });
    expect([cut.events.length, cut.truncated]).toEqual([1, true]);
  });

  test('a resource that does not live in the tree has none', async () => {
    for (const resource of [
      { kind: 'Pod', name: 'orphan' },
      { kind: 'Pod', name: POD, namespace: 'finance' },
      { kind: 'Node', name: POD },
    ])
      await expect(argo().read(events, 'shop', { ...orders, resource })).rejects.toEqual(code('not_found'));
    expect(twin().requests.filter(({ path }) => path.endsWith('/events'))).toEqual([]);
  });
});

describe('argocd_logs', () => {
  const pod = { ...orders, pod: POD };

  test('gives the lines, and asks for no more than wanted', async () => {
    const found = await argo().read(logs, 'shop', {
      ...pod,
      tail_lines: 7,
      container: 'web',
      since_seconds: 60,
    });
    expect(found.lines).toEqual(['one', 'two', 'three'].map((line) => `2026-01-05T10:00:00Z ${line}`));
    const sent = new Map(twin().requests.at(-1)?.query);
    expect([...sent].slice(2)).toEqual([
      ['podName', POD],
      ['namespace', 'shop'],
      ['container', 'web'],
      ['tailLines', '7'],
      ['sinceSeconds', '60'],
      ['previous', 'false'],
      ['follow', 'false'],
    ]);
  });

  test('keeps the newest lines when not all fit', async () => {
    twin().logs.set(POD, logText(Array.from({ length: 60 }, (_, at) => `${at} ${'x'.repeat(100)}`)));
    const found = await argo().read(logs, 'shop', pod, { limits: { bytes: 2_000 } });
    expect(found.truncated).toBe(true);
    expect(found.lines.at(-1)).toContain(' 59 x');
    expect(Buffer.byteLength(JSON.stringify(found))).toBeLessThan(2_000);
    const few = await argo().read(logs, 'shop', { ...pod, tail_lines: 100 }, { limits: { rows: 2 } });
    expect([few.lines.length, few.truncated]).toEqual([8, true]);
  });

  test('a line of any length is cut', async () => {
    twin().logs.set(POD, logText(['y'.repeat(100_000)]));
    const { lines } = await argo().read(logs, 'shop', pod);
    expect(lines[0]?.length).toBeLessThan(4_100);
  });

  test('takes entries with and without their wrapping, and nothing after the end', async () => {
    const entry = JSON.stringify({ content: 'bare', podName: POD, timeStampStr: '' });
    twin().logs.set(POD, `${entry}\n${logText([])}{"error":{"message":"EOF"}}\n`);
    expect((await argo().read(logs, 'shop', pod)).lines).toEqual(['bare']);
    twin().logs.set(POD, '');
    expect((await argo().read(logs, 'shop', pod)).lines).toEqual([]);
  });

  test.each([
    [
      'a failure of the cluster',
      logText(['a container name must be specified, choose one of [cluster-words]'], ''),
    ],
    ['an error in the stream', '{"error":{"message":"cluster-words"}}\n'],
    ['no JSON', 'cluster-words\n'],
  ])('%s is told in our words', async (_, text) => {
    twin().logs.set(POD, text);
    const failure = await argo()
      .read(logs, 'shop', pod)
      .catch((error: unknown) => error);
    expect(failure).toEqual(code('query_failed'));
    expect(String(failure)).not.toContain('cluster-words');
  });

  test('a pod outside the tree has no log', async () => {
    await expect(argo().read(logs, 'shop', { ...orders, pod: 'orphan' })).rejects.toEqual(code('not_found'));
    await expect(argo().read(logs, 'shop', { ...pod, namespace: 'finance' })).rejects.toEqual(
      code('not_found'),
    );
    expect(twin().requests.filter(({ path }) => path.endsWith('/logs'))).toEqual([]);
  });
});
