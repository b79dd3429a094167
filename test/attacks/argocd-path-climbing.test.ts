import { expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { connector } from '../../src/services/argocd/connect.ts';
import { ScopedApplication } from '../../src/services/argocd/scope.ts';
import { argocd } from '../../src/services/argocd/service.ts';
import { callsOn, refusalOf } from '../services/argocd/attack.ts';
import { useArgo } from '../services/argocd/fixture.ts';
import { TOKEN } from '../twins/argocd.ts';

/** Names that would climb out of the application, into other paths, or into the query. */
const { twin, argo } = useArgo();
const NAMES = Object.keys(callsOn(argo(), '')) as (keyof ReturnType<typeof callsOn>)[];
const CLIMBING = [
  '',
  '.',
  '..',
  '../projects',
  'orders/../ledger',
  'orders/operation',
  'orders%2foperation',
  '..%2f..%2fsession',
  'orders?project=finance',
  'orders#',
  'orders&refresh=hard',
  'orders\n',
  'orders\r\nx-a: b',
  'orders ',
  'ORDERS',
  'ördérs',
  'orders\u0000',
  'orders;ledger',
  '*',
];

test.each(NAMES)('%s takes none of them', async (name) => {
  for (const application of CLIMBING)
    expect(await refusalOf(callsOn(argo(), application)[name]), JSON.stringify(application)).toBe(
      'invalid_arguments',
    );
  expect(twin().requests).toEqual([]);
});

test('below the schemas, a scoped application takes none of them either', () => {
  for (const name of CLIMBING)
    expect(() => ScopedApplication.within(argo().target('shop'), name), name).toThrow(/not_linked/);
});

test('a project that is no name opens no client', async () => {
  const open = (project: string) =>
    connector.openReader({
      component: 'cd',
      sub: project,
      entry: {},
      connection: { url: twin().url, credentials: { token: new Secret('token', TOKEN) } },
      limits: argocd.limits,
      warn: () => {},
    });
  for (const project of ['..', 'a/b', 'shop?', 'Shop_1', 'shop&project=finance'])
    await expect(open(project), project).rejects.toThrow(/target_required/);
  expect(twin().requests).toEqual([]);
});
