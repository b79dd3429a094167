import { expect, test } from 'vitest';
import { events } from '../../src/services/argocd/tools/events.ts';
import { logs } from '../../src/services/argocd/tools/logs.ts';
import { logText, POD, useArgo } from '../services/argocd/fixture.ts';

/** A server that mixes in what belongs to others. */
const { twin, argo } = useArgo();
const OTHER = 'words-of-another';

test('lines of another pod are dropped', async () => {
  const foreign = logText([OTHER], 'ledger-0').split('\n')[0];
  twin().logs.set(POD, `${foreign}\n${logText(['own'])}`);
  const { lines } = await argo().read(logs, 'shop', { application: 'orders', pod: POD });
  expect(lines).toEqual(['2026-01-05T10:00:00Z own']);
});

test('a pod is asked for by the namespace that the tree names, not by the caller’s', async () => {
  await argo().read(logs, 'shop', { application: 'orders', pod: POD });
  const sent = new Map(twin().requests.at(-1)?.query);
  expect([sent.get('podName'), sent.get('namespace')]).toEqual([POD, 'shop']);
});

test('events of another object are dropped', async () => {
  const foreign = { kind: 'Pod', name: 'ledger-0', namespace: 'finance', uid: 'uid-other' };
  const event = { involvedObject: foreign, type: 'Normal', reason: OTHER, message: OTHER };
  for (const of of [`uid-Pod-${POD}`, 'app-orders']) twin().events.get(of)?.push(event);
  const resource = { kind: 'Pod', name: POD };
  const found = [
    await argo().read(events, 'shop', { application: 'orders' }),
    await argo().read(events, 'shop', { application: 'orders', resource }),
  ];
  expect(found.map((one) => one.events.length)).toEqual([2, 1]);
  expect(JSON.stringify(found)).not.toContain(OTHER);
});

test('a resource without an id does not give the application’s events', async () => {
  twin().lie((request, answer) => {
    if (!request.path.endsWith('resource-tree')) return answer;
    return { nodes: [{ kind: 'Pod', name: POD, namespace: 'shop' }] };
  });
  const resource = { kind: 'Pod', name: POD };
  await expect(argo().read(events, 'shop', { application: 'orders', resource })).rejects.toThrow(/not_found/);
  expect(twin().requests.filter(({ path }) => path.endsWith('events'))).toEqual([]);
});
