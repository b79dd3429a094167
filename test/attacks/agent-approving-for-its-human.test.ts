import { expect, test } from 'vitest';
import { serveHttp } from '../../src/server/http.ts';
import { modernCall, YES } from '../server/raw-http.ts';
import { openServed, type Served } from '../server/served.ts';

const SHRED = { target: 'store/a', key: 'k' };
const shredded = ({ fixture }: Served) => fixture.box.ran.get('box_shred') ?? 0;

test('with operator approval no client is asked, whatever it says it can do', async () => {
  const served = await openServed({ operatorApproval: true });
  const { json } = await modernCall(served.url, 'box_shred', SHRED, { elicitation: true });
  expect(json.result.isError).toBe(true);
  expect(json.result.content[0].text).toMatch(/stackward approve [a-z2-7]{12}/);
  expect(shredded(served)).toBe(0);
});

test('a question that another server on the same data directory asked is not answered here', async () => {
  const served = await openServed();
  const asked = await modernCall(served.url, 'box_shred', SHRED);
  const stackward = { ...served.fixture.stackward, clientsMayApprove: false };
  const strict = await serveHttp(stackward, { port: 0 });
  try {
    const answer = { requestState: String(asked.json.result.requestState), inputResponses: YES };
    const { json } = await modernCall(strict.url, 'box_shred', SHRED, answer);
    expect(json.result.content[0].text).toContain('approval_refused');
    expect(shredded(served)).toBe(0);
  } finally {
    await strict.close();
  }
});

test('the operator’s approval still lets the call through, once', async () => {
  const served = await openServed({ operatorApproval: true });
  const again = () => modernCall(served.url, 'box_shred', SHRED);
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
