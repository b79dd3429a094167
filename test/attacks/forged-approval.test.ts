import { expect, test } from 'vitest';
import { openApprovalSeal } from '../../src/server/approval-seal.ts';
import { modernCall, YES } from '../server/raw-http.ts';
import { openServed, type Served } from '../server/served.ts';
import { auditRecords } from '../server/stackward.ts';

const SHRED = { target: 'store/a', key: 'k' };

/** A write that waits for its human, and the state that the server sealed for it. */
async function ask(served: Served, token?: string) {
  served.fixture.box.rows.set('k', 'v').set('other', 'v');
  const { json } = await modernCall(served.url, 'box_shred', SHRED, token === undefined ? {} : { token });
  expect(json.result.resultType).toBe('input_required');
  return { requestState: String(json.result.requestState), inputResponses: YES };
}

const shredded = ({ fixture }: Served) => fixture.box.ran.get('box_shred') ?? 0;

test('the true answer to the true question runs the call: the attacks below differ from it in one thing', async () => {
  const served = await openServed();
  await modernCall(served.url, 'box_shred', SHRED, await ask(served));
  expect(shredded(served)).toBe(1);
});

const flip = (text: string, at: number) =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

test.each<[string, (state: string, served: Served) => string | Promise<string>]>([
  ['made up', () => 'v1.e30.AAAA'],
  ['made up in clear', () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
  ['empty', () => ''],
  ['altered in its head', (state) => flip(state, 20)],
  ['altered in its content', (state) => flip(state, Math.floor(state.length / 2))],
  ['cut short', (state) => state.slice(0, -24)],
  ['cut in its content', (state) => state.replace(/\.([\w-]{40})[\w-]+\.([\w-]+)$/, '.$1.$2')],
  ['altered in its seal', (state) => flip(state, state.length - 3)],
  ['without its seal', (state) => state.slice(0, state.lastIndexOf('.') + 1)],
  [
    'sealed with another key',
    async (state, { fixture }) => {
      const { nonces, keys } = fixture.stackward;
      const key = keys.of('request-state');
      const { asked } = await openApprovalSeal({ key, nonces }).open(state);
      return openApprovalSeal({ key: new Uint8Array(32), nonces }).seal(asked);
    },
  ],
])('a state that is %s runs nothing and approves nothing', async (_name, forge) => {
  const served = await openServed();
  const { requestState, inputResponses } = await ask(served);
  const { json } = await modernCall(served.url, 'box_shred', SHRED, {
    requestState: await forge(requestState, served),
    inputResponses,
  });
  expect(json.error?.code ?? json.result?.isError).toBeTruthy();
  expect(shredded(served)).toBe(0);
  expect((await served.fixture.stackward.approvals.list()).map(({ state }) => state)).toEqual(['waiting']);
});

test.each<[string, string, Record<string, unknown>]>([
  ['another row', 'box_shred', { ...SHRED, key: 'other' }],
  ['another drawer', 'box_shred', { ...SHRED, target: 'store/b' }],
  ['one argument more', 'box_shred', { ...SHRED, note: 'and more' }],
  ['another tool', 'box_put', { ...SHRED, value: 'w' }],
])('an approval does not carry over to %s', async (_name, tool, args) => {
  const served = await openServed();
  const { json } = await modernCall(served.url, tool, args, await ask(served));
  expect(json.result.content[0].text).toContain('approval_refused');
  expect([...served.fixture.box.ran.keys()]).toEqual([]);
  expect((await served.fixture.stackward.approvals.list()).map(({ state }) => state)).toEqual(['waiting']);
});

test('an approval does not carry over to another principal', async () => {
  const served = await openServed();
  const [helper, stack] = [(await served.token('helper')).token, (await served.token('stack')).token];
  const asked = await ask(served, helper);
  const { json } = await modernCall(served.url, 'box_shred', SHRED, { ...asked, token: stack });
  expect(json.result.content[0].text).toContain('approval_refused');
  expect(shredded(served)).toBe(0);
});

test.each<[string, unknown]>([
  ['declined', { approval: { action: 'decline' } }],
  ['dismissed', { approval: { action: 'cancel' } }],
  ['not ticked', { approval: { action: 'accept', content: { approve: false } } }],
  ['ticked with a word', { approval: { action: 'accept', content: { approve: 'true' } } }],
  ['accepted without content', { approval: { action: 'accept' } }],
  ['declined with a tick', { approval: { action: 'decline', content: { approve: true } } }],
  ['full of extras', { approval: { action: 'accept', content: { approve: true, tool: 'box_put' } } }],
  ['given under another name', { other: YES.approval }],
  ['left out', {}],
])('a form that is %s runs nothing', async (_name, inputResponses) => {
  const served = await openServed();
  const { requestState } = await ask(served);
  const { json } = await modernCall(served.url, 'box_shred', SHRED, {
    requestState,
    inputResponses: inputResponses as Record<string, unknown>,
  });
  expect(json.result.isError).toBe(true);
  expect(shredded(served)).toBe(0);
});

test('an approval that a human refused elsewhere stays refused', async () => {
  const served = await openServed();
  const asked = await ask(served);
  const { approvals } = served.fixture.stackward;
  const [request] = await approvals.list();
  await approvals.decide(request?.id ?? '', { decision: 'refused', by: 'an operator', reason: 'no' });
  expect((await modernCall(served.url, 'box_shred', SHRED, asked)).json.result.isError).toBe(true);
  expect(shredded(served)).toBe(0);
});

test('who decided what, and who tried to forge it, is in the audit', async () => {
  const served = await openServed();
  const { requestState, inputResponses } = await ask(served);
  await modernCall(served.url, 'box_shred', SHRED, { requestState: flip(requestState, 20), inputResponses });
  await modernCall(served.url, 'box_shred', { ...SHRED, key: 'other' }, { requestState, inputResponses });
  await modernCall(served.url, 'box_shred', SHRED, { requestState, inputResponses });
  const events = (await auditRecords(served.fixture)).filter((record) => record.kind === 'event');
  expect(events.map(({ event }) => event)).toEqual([
    'topology_loaded',
    'approval_state_refused',
    'approval_decided',
    'approval_decided',
  ]);
  expect(events.at(-2)?.detail).toMatchObject({ decision: 'rejected' });
  expect(events.at(-1)?.detail).toMatchObject({ decision: 'approved', tool: 'box_shred' });
});
