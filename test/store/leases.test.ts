import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LeaseLost } from '../../src/store/leases.ts';
import { openPostgresLeases } from '../../src/store/postgres/leases.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';
import type { Stores } from '../../src/store/stores.ts';
import { openSchema } from './database.ts';
import { ENGINES, type Engine } from './engines.ts';

const WORK = { work: 'to version 7', by: 'ann' };

async function take({ leases }: Pick<Stores, 'leases'>, name = 'rollback') {
  const taken = await leases.take(name, WORK);
  if (!('lease' in taken)) throw new Error(`it is held by ${JSON.stringify(taken.heldBy)}`);
  return taken.lease;
}

describe.each(ENGINES)('leases on %s', (_name, start) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await start();
  });
  afterEach(() => engine.close());

  test('one holds it, and the others are told who', async () => {
    const [a, b] = [await engine.open(), await engine.open()];
    const lease = await take(a);
    await lease.assertHeld();
    expect(await b.leases.take('rollback', { work: 'to version 8', by: 'bob' })).toMatchObject({
      heldBy: WORK,
    });
    await take(b, 'another');
    await lease.release();
    await expect(lease.assertHeld()).rejects.toThrow(LeaseLost);
    const next = await take(b);
    expect(next.fence).toBeGreaterThan(lease.fence);
    await next.release();
  });

  test('of twenty that come at once one takes it, each round with a greater token', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => engine.open()));
    const fences: number[] = [];
    for (let round = 0; round < 5; round++) {
      const takes = Array.from({ length: 20 }, (_, n) => all[n % 4]?.leases.take('one', WORK));
      const leases = (await Promise.all(takes)).flatMap((one) => (one && 'lease' in one ? [one.lease] : []));
      expect(leases).toHaveLength(1);
      fences.push(leases[0]?.fence ?? 0);
      await leases[0]?.release();
    }
    expect(fences).toEqual([...new Set(fences)].sort((x, y) => x - y));
  });
});

describe('a holder that was silent for too long', () => {
  let at: Awaited<ReturnType<typeof openSchema>>;
  beforeEach(async () => {
    at = await openSchema();
    await migrate(at.database, at.schema);
  });
  afterEach(() => at.close());
  /** As after a pause: the last sign of life lies that far back. */
  const silent = (seconds: number) =>
    at.direct.query(`update lease set beat = beat - $1 * interval '1 second'`, [seconds]);
  const open = (beatMs: number) => ({
    leases: openPostgresLeases(at.database, { at: `test ${beatMs}`, beatMs }),
  });

  test('has lost it even where nobody took it, and no later sign of life brings it back', async () => {
    const lease = await take(open(10));
    await silent(16);
    const [{ beat }] = (await at.direct.query('select beat from lease')).rows;
    await expect(lease.assertHeld()).rejects.toThrow(LeaseLost);
    // Its heart beats on all the while.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await at.direct.query('select beat from lease')).rows[0].beat).toEqual(beat);
    await expect(lease.assertHeld()).rejects.toThrow(LeaseLost);
    await lease.release();
  });

  test('one that beats keeps it, whatever the clock of a replica says', async () => {
    const lease = await take(open(20));
    await silent(10);
    await vi.waitFor(
      async () => {
        const { rows } = await at.direct.query(
          `select beat > clock_timestamp() - interval '5 seconds' as is_new from lease`,
        );
        expect(rows).toEqual([{ is_new: true }]);
      },
      { timeout: 15_000 },
    );
    await lease.assertHeld();
    await lease.release();
  });

  test('is followed by another, and releasing his takes nothing from that one', async () => {
    const lease = await take(open(60_000));
    await silent(16);
    const next = await take(open(60_001));
    await lease.release();
    await next.assertHeld();
    expect(await open(1).leases.take('rollback', WORK)).toMatchObject({ heldBy: { at: 'test 60001' } });
    await next.release();
  });
});
