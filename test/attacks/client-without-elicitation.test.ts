import { expect, test } from 'vitest';
import { legacyCall, modernCall, openSession, send, YES } from '../server/raw-http.ts';
import { openServed, type Served } from '../server/served.ts';

const SHRED = { target: 'store/a', key: 'k' };
const shredded = ({ fixture }: Served) => fixture.box.ran.get('box_shred') ?? 0;

test('2026-07-28: a client that cannot ask gets no yes by default', async () => {
  const served = await openServed();
  const { json } = await modernCall(served.url, 'box_shred', SHRED, { elicitation: false });
  expect(json.result.isError).toBe(true);
  expect(json.result.content[0].text).toMatch(/stackward approve [a-z2-7]{12}/);
  expect(json.result._meta['stackward.dev/error']).toEqual({
    code: 'approval_required',
    mender: 'approver',
    retryable: true,
  });
  expect(shredded(served)).toBe(0);
});

test('2026-07-28: an answer to a question that nobody asked is worth nothing', async () => {
  const served = await openServed();
  for (const elicitation of [false, true])
    await modernCall(served.url, 'box_shred', SHRED, { elicitation, inputResponses: YES });
  expect(shredded(served)).toBe(0);
});

test('2025-11-25: a client that cannot ask gets no yes by default, nor by sending fields of the next revision', async () => {
  const served = await openServed();
  const headers = await openSession(served.url);
  const body = legacyCall('box_shred', SHRED);
  const { json } = await send(`${served.url}/mcp`, { headers, body });
  expect(json.result.content[0].text).toMatch(/stackward approve [a-z2-7]{12}/);
  const more = { ...body, params: { ...body.params, inputResponses: YES, requestState: 'v1.e30.AAAA' } };
  await send(`${served.url}/mcp`, { headers, body: more });
  expect(shredded(served)).toBe(0);
});

test('once an operator approved, the same call runs, once', async () => {
  const served = await openServed();
  const again = () => modernCall(served.url, 'box_shred', SHRED, { elicitation: false });
  await again();
  const { approvals } = served.fixture.stackward;
  await approvals.decide((await approvals.list())[0]?.id ?? '', {
    decision: 'approved',
    by: 'an operator',
    reason: '',
  });
  await again();
  await again();
  expect(shredded(served)).toBe(1);
});
