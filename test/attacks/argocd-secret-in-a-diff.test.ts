import { expect, test } from 'vitest';
import { diff } from '../../src/services/argocd/tools/diff.ts';
import { useArgo } from '../services/argocd/fixture.ts';

/** A server that hides nothing: what it sends of Secrets and configuration is not shown all the same. */
const { twin, argo } = useArgo();
const CLEAR = 'clear-value-4f2';

const answering = (item: object, live: object, target: object) =>
  twin().lie((request, answer) => {
    if (!request.path.endsWith('managed-resources')) return answer;
    const [liveState, targetState] = [JSON.stringify(live), JSON.stringify(target)];
    const states = { normalizedLiveState: liveState, predictedLiveState: targetState };
    return { items: [{ name: 'it', namespace: 'shop', liveState, targetState, ...states, ...item }] };
  });
const read = async () => JSON.stringify(await argo().read(diff, 'shop', { application: 'orders' }));

const secret = (value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: `type-${value}`,
  metadata: {
    name: 'it',
    labels: { app: value },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': value },
  },
  data: { [`key-${value}`]: value },
  stringData: { password: value },
});

test.each(['Secret', 'ConfigMap', 'SealedSecret'])('data of a Secret that is listed as %s', async (kind) => {
  answering({ kind }, secret(`a-${CLEAR}`), secret(`b-${CLEAR}`));
  const shown = await read();
  expect(shown).not.toContain(CLEAR);
  expect(shown).toContain('"path":"data"');
});

test('a Secret by its listing alone, whose state does not say so', async () => {
  const { kind: _, ...live } = secret(`a-${CLEAR}`);
  answering({ kind: 'Secret' }, live, { ...secret(`b-${CLEAR}`), kind: undefined });
  expect(await read()).not.toContain(CLEAR);
});

test.each([
  ['a variable', { spec: { containers: [{ name: 'web', env: [{ name: 'A', value: CLEAR }] }] } }],
  [
    'an argument',
    { spec: { containers: [{ name: 'web', args: [`--password=${CLEAR}`], command: [CLEAR] }] } },
  ],
  ['an annotation', { metadata: { annotations: { note: CLEAR } } }],
  ['configuration', { data: { 'app.conf': CLEAR }, binaryData: { a: CLEAR } }],
  ['a number by a telling name', { spec: { apiKey: 918273645 } }],
  ['a label-like field below one that is hidden', { data: { labels: { image: CLEAR } } }],
  ['a field of a kind that nobody knows', { spec: { connection: `postgres://u:${CLEAR}@h` } }],
  ['text where a number is meant', { spec: { replicas: CLEAR } }],
])('%s', async (_, live) => {
  answering(
    { kind: 'Thing' },
    { kind: 'Thing', ...live },
    { kind: 'Thing', ...structuredClone(live), more: 1 },
  );
  const same = await read();
  expect(same).not.toContain(CLEAR);
  answering(
    { kind: 'Thing' },
    { kind: 'Thing', ...live },
    { kind: 'Thing', spec: { containers: [{ name: 'web' }] } },
  );
  const shown = await read();
  expect(shown).toContain('update');
  expect(shown).not.toContain(CLEAR);
  expect(shown).not.toContain('918273645');
});

test('the leaf is hidden also where both sides have one', async () => {
  const at = (value: string) => ({
    kind: 'Thing',
    spec: { containers: [{ name: 'web', image: 'web:1', env: [{ name: 'A', value }], args: [value] }] },
    data: { a: value },
  });
  answering({ kind: 'Thing' }, at(`a-${CLEAR}`), at(`b-${CLEAR}`));
  const shown = await read();
  expect(shown).toContain('{hidden}');
  expect(shown).not.toContain(CLEAR);
});
