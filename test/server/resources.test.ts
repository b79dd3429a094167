import { expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { listResources, readResource } from '../../src/server/resources.ts';
import { auditRecords, openFixtureStack } from './stackward.ts';

test('the topology and its components can be read, and each read is in the audit', async () => {
  const fixture = await openFixtureStack();
  const read = async (uri: string) => {
    const [content] = (await readResource(fixture.stackward, 'helper', uri)).contents;
    return content && 'text' in content ? content.text : undefined;
  };
  const uris = listResources(fixture.stackward.catalogs.graph()).map(({ uri }) => uri);
  expect(uris).toEqual([
    'stack://topology',
    ...['store', 'helper', 'other'].map((name) => `stack://components/${name}`),
  ]);
  expect(JSON.parse((await read('stack://topology')) ?? '')).toMatchObject({
    stack: 'fixture',
    components: [{ name: 'store' }, { name: 'helper' }, { name: 'other' }],
    links: [{ from: 'helper', to: 'store', type: 'uses', sub_components: ['a', 'b'] }],
  });
  expect(JSON.parse((await read('stack://components/store')) ?? '')).toMatchObject({
    name: 'store',
    sub_components: ['a', 'b'],
    links_in: [{ from: 'helper', type: 'uses' }],
  });
  await expect(read('stack://components/nobody')).rejects.toThrow(/nobody/);
  await expect(read('stack://components/%')).rejects.toThrow();
  await expect(read('file:///etc/passwd')).rejects.toThrow();
  const reads = (await auditRecords(fixture)).filter(
    (one) => one.kind === 'event' && one.event === 'resource_read',
  );
  expect(reads).toMatchObject([
    { principal: 'helper', detail: { uri: 'stack://topology', found: true } },
    { detail: { uri: 'stack://components/store', found: true } },
    { detail: { found: false } },
    { detail: { found: false } },
    { detail: { uri: 'file:///etc/passwd', found: false } },
  ]);
  await fixture.close();
});

test('a read that cannot be recorded is refused', async () => {
  const fixture = await openFixtureStack();
  await fixture.stackward.audit.close();
  await expect(async () => readResource(fixture.stackward, 'helper', 'stack://topology')).rejects.toThrow(
    /audit/,
  );
  await fixture.close();
});

test('a credential that looks like part of JSON leaves whole JSON behind', async () => {
  const topology = `stack: fixture
components:
  store: {type: box, drawers: {a: {}}, title: "at\\nnight"}
`;
  const fixture = await openFixtureStack({ topology });
  fixture.stackward.mask.register(new Secret('password', '"title":"at'), 'store');
  fixture.stackward.mask.register(new Secret('password', 'night'), 'store');
  for (const uri of ['stack://topology', 'stack://components/store']) {
    const [content] = (await readResource(fixture.stackward, 'stack', uri)).contents;
    const text = content && 'text' in content ? content.text : '';
    expect(JSON.parse(text)).toMatchObject({
      [uri.endsWith('store') ? 'name' : 'stack']: expect.any(String),
    });
    expect(text).not.toContain('night');
  }
  await fixture.close();
});
