import { expect, test, vi } from 'vitest';
import { modernCall, YES } from '../server/raw-http.ts';
import { openServed, type Served } from '../server/served.ts';

const SHRED = { target: 'store/a', key: 'k' };

async function ask({ url }: Served) {
  const { json } = await modernCall(url, 'box_shred', SHRED);
  return { requestState: String(json.result.requestState), inputResponses: YES };
}

const shredded = ({ fixture }: Served) => fixture.box.ran.get('box_shred') ?? 0;

test('an approval is worth one call, however often it is sent', async () => {
  const served = await openServed();
  const asked = await ask(served);
  const again = () => modernCall(served.url, 'box_shred', SHRED, asked);
  expect((await again()).json.result.isError).toBe(false);
  expect((await again()).json.result.content[0].text).toContain('approval_refused');
  expect((await again()).json.result.content[0].text).toContain('approval_refused');
  expect(shredded(served)).toBe(1);
});

test('twenty of the same answer at once run one call', async () => {
  const served = await openServed();
  const asked = await ask(served);
  await Promise.all(Array.from({ length: 20 }, () => modernCall(served.url, 'box_shred', SHRED, asked)));
  expect(shredded(served)).toBe(1);
});

test('a used approval does not let the bare call through', async () => {
  const served = await openServed();
  await modernCall(served.url, 'box_shred', SHRED, await ask(served));
  const { json } = await modernCall(served.url, 'box_shred', SHRED);
  expect(json.result.resultType).toBe('input_required');
  expect(shredded(served)).toBe(1);
});

test('a refusal cannot be turned into a yes by answering again', async () => {
  const served = await openServed();
  const asked = await ask(served);
  const no = { approval: { action: 'decline' } };
  await modernCall(served.url, 'box_shred', SHRED, { ...asked, inputResponses: no });
  await modernCall(served.url, 'box_shred', SHRED, asked);
  expect(shredded(served)).toBe(0);
});

test('an approval that came too late runs nothing', async () => {
  const served = await openServed();
  const asked = await ask(served);
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 16 * 60_000);
  try {
    const { json } = await modernCall(served.url, 'box_shred', SHRED, asked);
    expect(json.error?.code ?? json.result?.isError).toBeTruthy();
  } finally {
    vi.restoreAllMocks();
  }
  expect(shredded(served)).toBe(0);
});

test('an approval under one topology is not worth anything under the next', async () => {
  const served = await openServed();
  const asked = await ask(served);
  const { catalogs } = served.fixture.stackward;
  const graph = catalogs.graph();
  catalogs.swap({ ...graph, hash: '0'.repeat(64) });
  const { json } = await modernCall(served.url, 'box_shred', SHRED, asked);
  expect(json.result.isError ?? json.result.resultType).toBeTruthy();
  expect(shredded(served)).toBe(0);
});
