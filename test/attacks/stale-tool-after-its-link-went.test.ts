import { writeFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { modernCall, YES } from '../server/raw-http.ts';
import { openServed } from '../server/served.ts';
import { TOPOLOGY, UNLINKED } from '../server/stackward.ts';

const PUT = { target: 'store/a', key: 'k', value: 'v' };

test('a tool that a client still lists is refused once its link went', async () => {
  const { url, fixture } = await openServed({ watch: true });
  const { catalogs } = fixture.stackward;
  await modernCall(url, 'box_put', PUT);
  expect(fixture.box.ran.get('box_put')).toBe(1);
  const before = catalogs.graph().hash;
  await writeFile(fixture.file, UNLINKED);
  await vi.waitFor(() => expect(catalogs.graph().hash).not.toBe(before), 10_000);
  const { json } = await modernCall(url, 'box_put', PUT);
  expect(json.result.content[0].text).toContain('unknown_tool');
  expect(fixture.box.ran.get('box_put')).toBe(1);
});

test('a target whose link went is refused, and so is one whose link was capped', async () => {
  const { url, fixture } = await openServed({ watch: true });
  const { catalogs } = fixture.stackward;
  const edit = async (text: string) => {
    const before = catalogs.graph().hash;
    await writeFile(fixture.file, text);
    await vi.waitFor(() => expect(catalogs.graph().hash).not.toBe(before), 10_000);
  };
  await edit(TOPOLOGY.replace('type: uses', 'type: uses, drawers: [b]'));
  await modernCall(url, 'box_put', PUT);
  await edit(TOPOLOGY.replace('type: uses', 'type: looks'));
  await modernCall(url, 'box_put', PUT);
  expect(fixture.box.ran.size).toBe(0);
});

test('an approval given for a link that went runs nothing', async () => {
  const { url, fixture } = await openServed({ watch: true });
  const { catalogs } = fixture.stackward;
  const { json } = await modernCall(url, 'box_shred', { target: 'store/a', key: 'k' });
  const asked = { requestState: String(json.result.requestState), inputResponses: YES };
  const before = catalogs.graph().hash;
  await writeFile(fixture.file, UNLINKED);
  await vi.waitFor(() => expect(catalogs.graph().hash).not.toBe(before), 10_000);
  await modernCall(url, 'box_shred', { target: 'store/a', key: 'k' }, asked);
  expect(fixture.box.ran.size).toBe(0);
});
