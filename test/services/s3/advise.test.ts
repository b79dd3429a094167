import { expect, test } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/s3/connect.ts';
import { s3 } from '../../../src/services/s3/service.ts';
import { list } from '../../../src/services/s3/tools/list.ts';
import { openStack } from '../../harness/stack.ts';
import { openS3 } from './fixture.ts';

const topology = `stack: shop
components:
  app: {type: application}
  store:
    type: s3
    credentials: {access_key_id: {env: A}, secret_access_key: {env: B}}
    buckets: {own: {bucket: shop-own, prefixes: ['a*?$/']}, shop-whole: {}}
links: [{from: app, to: store, type: operates}]
`;

/** `a*?$/` as a policy has it where none of its signs may mean anything. */
const LITERAL = `a${['*', '?', '$'].map((sign) => `\${${sign}}`).join('')}/*`;

async function policyFor(access: 'read' | 'write') {
  const stack = await openStack({ topology, env: { A: 'a', B: 'b' } });
  const store = stack.stackward.catalogs.graph().components.get('store');
  await stack.close();
  const [policy = ''] = store ? (s3.advise?.(store, access) ?? []) : [];
  return JSON.parse(policy).Statement;
}

test('the policy reaches the prefixes alone, and takes wildcards in them literally', async () => {
  const [, lists, objects] = await policyFor('read');
  expect(lists).toMatchObject({
    Resource: ['arn:aws:s3:::shop-own'],
    Condition: { StringLike: { 's3:prefix': [LITERAL] } },
  });
  expect(objects.Resource).toEqual([`arn:aws:s3:::shop-own/${LITERAL}`]);
});

test('only an account that writes may put and delete', async () => {
  expect(JSON.stringify(await policyFor('read'))).not.toMatch(/Put|Delete/);
  const written = JSON.stringify(await policyFor('write'));
  expect(written).toContain('s3:PutObject');
  expect(written).not.toMatch(/s3:\*|Acl|Bypass/i);
});

const credentials = { access_key_id: 'A', secret_access_key: new Secret('secret_access_key', 's') };

test.for([
  ['http://10.0.0.1:9000', 1],
  ['https://10.0.0.1:9000', 0],
  ['http://127.0.0.1:9000', 0],
  [undefined, 0],
] as const)('the operator is warned of plain http to another machine: %s', async ([url, warnings]) => {
  const told: string[] = [];
  const connection = { region: 'eu-central-1', credentials, ...(url === undefined ? {} : { url }) };
  const { limits } = s3;
  const warn = (message: string) => told.push(message);
  const { close } = await connector.openReader({
    component: 'store',
    sub: 'shop-own',
    entry: {},
    connection,
    limits,
    warn,
  });
  await close();
  expect(told).toHaveLength(warnings);
});

test('without an entry for a bucket there is no client', async () => {
  await expect(
    openS3({ region: 'eu-central-1', credentials }, {}).read(list, undefined, {}),
  ).rejects.toMatchObject({
    code: 'target_required',
  });
});
