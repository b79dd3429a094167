import { expect, test } from 'vitest';
import { callsOn, refusalOf } from '../services/argocd/attack.ts';
import { deployed, SECOND, THIRD, useArgo } from '../services/argocd/fixture.ts';
import type { TwinRequest } from '../twins/argocd.ts';

/** An operation that somebody else started: never ended, never taken for our own. */
const { twin, argo } = useArgo();
const bob = { username: 'bob' };
const isReal = ({ body, method }: TwinRequest) =>
  method === 'POST' && (body as { dryRun: boolean }).dryRun === false;

test('it goes on, and nothing is started beside it', async () => {
  twin().state.polls = 1_000;
  const app = twin().state.app('orders');
  const operation = { sync: { revision: SECOND }, initiatedBy: bob };
  twin().state.begin(app, operation);
  const { argocd_sync, argocd_rollback, argocd_deploy_irreversibly } = callsOn(argo(), 'orders');
  for (const call of [argocd_sync, argocd_rollback, argocd_deploy_irreversibly])
    expect(await refusalOf(call)).toBe('conflict');
  expect(twin().writes()).toEqual([]);
  expect(app.operation).toEqual(operation);
});

test('one of the same commit, which ended before ours was read, is not ours', async () => {
  const app = twin().state.app('orders');
  twin().before(isReal, () =>
    twin().before(
      ({ method }) => method === 'GET',
      () => {
        twin().state.finish(app);
        twin().state.deploy(app, THIRD, bob);
      },
    ),
  );
  expect(await refusalOf(callsOn(argo(), 'orders').argocd_sync)).toBe('outcome_unknown');
});

test('a dry run of somebody else is not taken for the one that was asked for', async () => {
  const app = twin().state.app('orders');
  const before = deployed(twin(), 'orders');
  twin().before(
    ({ method }) => method === 'POST',
    () =>
      twin().before(
        ({ method }) => method === 'GET',
        () => {
          twin().state.finish(app);
          twin().state.begin(app, { sync: { revision: THIRD, dryRun: true }, initiatedBy: bob });
          twin().state.finish(app);
        },
      ),
  );
  expect(await refusalOf(callsOn(argo(), 'orders').argocd_sync)).toBe('conflict');
  expect(twin().writes().filter(isReal)).toEqual([]);
  expect(deployed(twin(), 'orders')).toEqual(before);
});
