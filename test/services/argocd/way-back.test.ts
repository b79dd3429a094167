import { describe, expect, test } from 'vitest';
import { refresh } from '../../../src/services/argocd/tools/refresh.ts';
import { rollback } from '../../../src/services/argocd/tools/rollback.ts';
import { sync } from '../../../src/services/argocd/tools/sync.ts';
import type { TwinRequest } from '../../twins/argocd.ts';
import type { TwinApp } from '../../twins/argocd-state.ts';
import { code, deployed, FIRST, SECOND, seed, THIRD, useArgo } from './fixture.ts';

const { twin, argo } = useArgo();
const orders = { application: 'orders' };
const UPDATES = [FIRST, SECOND, THIRD] as const;

/** Numbers that look random and are the same every time. */
function dice(seed: number) {
  let state = seed;
  return <T>(sides: readonly T[]): T => {
    state = (state * 48_271) % 2_147_483_647;
    return sides[state % sides.length] as T;
  };
}

const isReal = ({ body, method }: TwinRequest) =>
  method === 'POST' && (body as { dryRun: boolean }).dryRun === false;
const app = (): TwinApp => twin().state.app('orders');

/** Writes one deployment as the dice fall, and gives what takes it back. */
async function writeOne(throwDice: ReturnType<typeof dice>): Promise<() => Promise<void>> {
  twin().state.branches.set('main', throwDice(UPDATES));
  twin().state.polls = throwDice([1, 2, 3]);
  const failing = throwDice([undefined, undefined, 'web', 'settings', 'db']);
  if (failing) twin().state.failing.set(failing, 'real');
  const verb = throwDice(['sync', 'commit', 'rollback']);
  if (verb === 'rollback') {
    const args = { ...orders, id: throwDice(app().history.slice(0, -1)).id };
    const written = await argo().write(rollback, 'shop', args);
    return () => argo().revert(rollback, 'shop', args, written);
  }
  const args = verb === 'commit' ? { ...orders, revision: throwDice([FIRST, SECOND]) } : orders;
  const written = await argo().write(sync, 'shop', args);
  return () => argo().revert(sync, 'shop', args, written);
}

describe('write, then revert, leaves what was', () => {
  test.each(Array.from({ length: 12 }, (_, at) => at + 1))('seed %s', async (seed) => {
    const throwDice = dice(seed * 7_919);
    for (let round = 0; round < throwDice([0, 1, 2]); round += 1)
      twin().state.deploy(app(), throwDice(UPDATES));
    const before = deployed(twin(), 'orders');
    const takeBack = await writeOne(throwDice);
    twin().state.failing.clear();
    await takeBack();
    expect(deployed(twin(), 'orders')).toEqual(before);
    // Run once more, as after a crash: it finds its work done.
    twin().forget();
    await takeBack();
    expect(twin().writes()).toEqual([]);
    expect(deployed(twin(), 'orders')).toEqual(before);
  });
});

test('a deployment of what was deployed already has nothing to take back', async () => {
  twin().state.branches.set('main', SECOND);
  const written = await argo().write(sync, 'shop', orders);
  twin().forget();
  await argo().revert(sync, 'shop', orders, written);
  expect(twin().writes()).toEqual([]);
});

test('a write whose answer got lost is taken back', async () => {
  const before = deployed(twin(), 'orders');
  const written = await argo().write(sync, 'shop', orders);
  const image = { before: written.before, after: written.after };
  expect(deployed(twin(), 'orders')).not.toEqual(before);
  await argo().revert(sync, 'shop', orders, image);
  expect(deployed(twin(), 'orders')).toEqual(before);
});

test('a write that ended with its dry run has nothing to take back', async () => {
  const written = await argo().write(sync, 'shop', orders);
  twin().forget();
  await argo().revert(sync, 'shop', orders, { before: written.before, after: null });
  await argo().revert(rollback, 'shop', { ...orders, id: 0 }, { before: written.before, after: null });
  expect(twin().requests).toEqual([]);
});

test('a write that was recorded and never reached Argo CD has nothing to take back', async () => {
  // The last operation is somebody's, and failed: its commit is not what was deployed before.
  twin().state.failing.set('settings', 'real');
  twin().state.deploy(app(), FIRST);
  const between = async () => twin().breakWith(503);
  const attempt = argo().write(sync, 'shop', orders, { between });
  await expect(attempt).rejects.toEqual(code('backend_failed'));
  twin().breakWith(undefined);
  const before = {
    history_id: app().history.at(-1)?.id ?? -1,
    deployed: '0'.repeat(64),
    last_started: app().state?.startedAt ?? '',
  };
  twin().forget();
  await argo().revert(sync, 'shop', orders, { before, after: { mark: 'tester call-1' } });
  expect(twin().writes()).toEqual([]);
});

test('a rollback that failed, after which somebody tried a dry run, is a conflict', async () => {
  twin().state.failing.set('settings', 'real');
  const args = { ...orders, id: 0 };
  const written = await argo().write(rollback, 'shop', args);
  CHANGES['somebody tried a dry run']?.();
  twin().forget();
  await expect(argo().revert(rollback, 'shop', args, written)).rejects.toEqual(code('conflict'));
  expect(twin().writes()).toEqual([]);
});

test('a rollback that never reached Argo CD, after which somebody deployed that commit otherwise, is a conflict', async () => {
  const args = { ...orders, id: 0 };
  const { before, after } = await argo().write(rollback, 'shop', args);
  seed(twin());
  app().source = { ...app().source, path: 'other' };
  twin().state.deploy(app(), FIRST, bob);
  const left = deployed(twin(), 'orders');
  twin().forget();
  await expect(argo().revert(rollback, 'shop', args, { before, after })).rejects.toEqual(code('conflict'));
  expect(twin().writes()).toEqual([]);
  expect(deployed(twin(), 'orders')).toEqual(left);
});

test.each(['somebody’s deployment failed half-way', 'somebody tried a dry run'])(
  'a deployment that failed, after which %s, is a conflict',
  async (change) => {
    twin().state.failing.set('settings', 'real');
    const written = await argo().write(sync, 'shop', orders);
    twin().state.failing.clear();
    CHANGES[change]?.();
    const before = deployed(twin(), 'orders');
    twin().forget();
    await expect(argo().revert(sync, 'shop', orders, written)).rejects.toEqual(code('conflict'));
    expect(twin().writes()).toEqual([]);
    expect(deployed(twin(), 'orders')).toEqual(before);
  },
);

test('a revert whose answer got lost is run again', async () => {
  const before = deployed(twin(), 'orders');
  const written = await argo().write(sync, 'shop', orders);
  twin().loseAnswer(isReal);
  await expect(argo().revert(sync, 'shop', orders, written)).rejects.toEqual(code('outcome_unknown'));
  await expect(argo().revert(sync, 'shop', orders, written)).rejects.toEqual(code('conflict'));
  twin().state.finish(app());
  await argo().revert(sync, 'shop', orders, written);
  expect(deployed(twin(), 'orders')).toEqual(before);
});

test('a revert that Argo CD cannot deploy says so', async () => {
  const written = await argo().write(sync, 'shop', orders);
  twin().state.failing.set('web', 'real');
  await expect(argo().revert(sync, 'shop', orders, written)).rejects.toEqual(code('query_failed'));
});

test('and is tried again once it can', async () => {
  const before = deployed(twin(), 'orders');
  const written = await argo().write(sync, 'shop', orders);
  twin().state.failing.set('settings', 'real');
  await expect(argo().revert(sync, 'shop', orders, written)).rejects.toEqual(code('query_failed'));
  twin().state.failing.clear();
  await argo().revert(sync, 'shop', orders, written);
  expect(deployed(twin(), 'orders')).toEqual(before);
});

test('a comparison changes nothing, so that nothing is put back', async () => {
  const before = deployed(twin(), 'orders');
  const written = await argo().write(refresh, 'shop', orders);
  twin().forget();
  await argo().revert(refresh, 'shop', orders, written);
  expect(twin().requests).toEqual([]);
  expect(deployed(twin(), 'orders')).toEqual(before);
});

const bob = { username: 'bob' };
const CHANGES: Readonly<Record<string, () => void>> = {
  'somebody deployed another commit': () => twin().state.deploy(app(), FIRST, bob),
  'somebody deployed the same commit again': () =>
    twin().state.deploy(app(), app().history.at(-1)?.revision ?? '', bob),
  'somebody’s deployment failed half-way': () => {
    twin().state.failing.set('settings', 'real');
    twin().state.deploy(app(), FIRST, bob);
  },
  'somebody tried a dry run': () => {
    twin().state.begin(app(), { sync: { revision: FIRST, dryRun: true }, initiatedBy: bob });
    twin().state.finish(app());
  },
  'an operation is in progress': () => {
    twin().state.polls = 1_000;
    twin().state.begin(app(), { sync: { revision: FIRST }, initiatedBy: bob });
  },
  'auto-sync was turned on': () => {
    app().automated = {};
  },
  'auto-sync undid it': () => {
    twin().state.branches.set('main', 'a1'.repeat(20));
    app().automated = { selfHeal: true };
    twin().state.reconcile(app());
  },
  'the entry is gone from the history': () => {
    app().history = app().history.slice(-1);
  },
  'the entry says something else now': () => {
    app().history = app().history.map((one) => ({ ...one, source: { ...one.source, path: 'other' } }));
  },
  'it is being deleted': () => {
    app().deletionTimestamp = '2026-01-05T10:00:00Z';
  },
};

describe('a change by somebody else since is a conflict, and stays', () => {
  const writes = {
    argocd_sync: async () => {
      const written = await argo().write(sync, 'shop', orders);
      return () => argo().revert(sync, 'shop', orders, written);
    },
    argocd_rollback: async () => {
      const args = { ...orders, id: 0 };
      const written = await argo().write(rollback, 'shop', args);
      return () => argo().revert(rollback, 'shop', args, written);
    },
  };
  const cases = Object.entries(writes).flatMap(([name, write]) =>
    Object.entries(CHANGES).map(([change, act]) => ({ name, change, write, act })),
  );
  test.each(cases)('$name: $change', async ({ write, act }) => {
    const takeBack = await write();
    act();
    const before = deployed(twin(), 'orders');
    twin().forget();
    await expect(takeBack()).rejects.toEqual(code('conflict'));
    expect(twin().writes()).toEqual([]);
    expect(deployed(twin(), 'orders')).toEqual(before);
  });

  test('an application that moved to another project is not there', async () => {
    const takeBack = await writes.argocd_sync();
    app().project = 'finance';
    twin().forget();
    await expect(takeBack()).rejects.toEqual(code('not_found'));
    expect(twin().writes()).toEqual([]);
  });
});
