import { expect, test } from 'vitest';
import { listApplications } from '../../src/services/argocd/tools/list-applications.ts';
import { logs } from '../../src/services/argocd/tools/logs.ts';
import { callsOn, refusalOf } from '../services/argocd/attack.ts';
import { logText, POD, useArgo } from '../services/argocd/fixture.ts';

/** Answers that would fill this process, or the caller's context. */
const { twin, argo } = useArgo();
const HUGE = 'x'.repeat(17 * 2 ** 20);

test('an answer over the limit is given up', async () => {
  twin().lie((_, answer) => ({ ...(answer as object), padding: HUGE }));
  expect(await refusalOf(callsOn(argo(), 'orders').argocd_get_application)).toBe('result_too_large');
  expect(await refusalOf(() => argo().read(listApplications, 'shop', {}))).toBe('result_too_large');
});

test('a log that ignores the number of lines is cut to it', async () => {
  twin().logs.set(POD, logText(Array.from({ length: 50_000 }, (_, at) => `line ${at}`)));
  const found = await argo().read(logs, 'shop', { application: 'orders', pod: POD, tail_lines: 10 });
  expect(found.lines).toHaveLength(10);
  expect(found.lines.at(-1)).toContain('line 49999');
  expect(found.truncated).toBe(true);
  twin().logs.set(POD, HUGE);
  expect(await refusalOf(() => argo().read(logs, 'shop', { application: 'orders', pod: POD }))).toBe(
    'result_too_large',
  );
});

test('a tree of any size is cut to the rows', async () => {
  twin().lie((request, answer) => {
    if (!request.path.endsWith('resource-tree')) return answer;
    const node = { kind: 'Pod', name: 'p', namespace: 'shop', uid: 'u' };
    return { nodes: Array.from({ length: 20_000 }, () => node) };
  });
  const { resources, truncated } = await callsOn(argo(), 'orders').argocd_resource_tree();
  expect([resources.length, truncated]).toEqual([500, true]);
});
