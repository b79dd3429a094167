import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remove } from '../../../src/services/mongodb/tools/delete.ts';
import { insert } from '../../../src/services/mongodb/tools/insert.ts';
import { update } from '../../../src/services/mongodb/tools/update.ts';
import type { Written } from '../../harness/tool-lab.ts';
import { type Lab, openLab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(async () => {
  expect(lab.twin.violations).toEqual([]);
  await lab.close();
});
const NAME = 'report.random';
const state = () => lab.twin.state.dump('shop', NAME);

interface Step {
  write(): Promise<Written>;
  back(written: Written): Promise<void>;
}

/** Random writes over few documents, so that they meet; the same for the same seed. */
function randomSteps(seed: number): () => Step {
  let now = seed;
  const below = (most: number) => {
    now = (Math.imul(now, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((now / 2 ** 32) * most);
  };
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const filter = () =>
    pick([
      { _id: below(6) },
      { kind: pick(['x', 'y']) },
      { n: { $gte: below(5) } },
      { _id: { $in: [0, 3, 5] } },
    ]);
  const change = () =>
    pick([
      { $set: { n: below(5), 'in.a': pick(['p', null, 2.5]) } },
      { $inc: { n: pick([1, -1, 0.5]) } },
      { $unset: { kind: true } },
      { $push: { list: below(3) } },
      { $rename: { n: 'm' } },
    ]);
  const on = (tool: unknown, args: object): Step => ({
    write: () => lab.mongo.write(tool as typeof insert, 'shop', { collection: NAME, ...args } as never),
    back: (written) =>
      lab.mongo.revert(tool as typeof insert, 'shop', { collection: NAME, ...args } as never, written),
  });
  return () => {
    const kind = below(3);
    if (kind === 0)
      return on(insert, {
        documents: [{ _id: below(12), kind: pick(['x', 'y']), n: below(5), list: [{ a: 1 }, 'b'] }],
      });
    if (kind === 1) return on(update, { filter: filter(), update: change(), max_documents: 20 });
    return on(remove, { filter: filter(), max_documents: 20 });
  };
}

function fill(): void {
  lab.twin.state.create('shop', NAME);
  for (let id = 0; id < 6; id += 1)
    lab.twin.state.put('shop', NAME, {
      _id: id,
      kind: id % 2 ? 'x' : 'y',
      n: id,
      list: [],
      in: { a: { b: id } },
    });
}

test.each([1, 2, 3, 4, 5, 6])(
  'writes taken back in turn leave every document as it was (%i)',
  async (seed) => {
    fill();
    const next = randomSteps(seed);
    const done: { step: Step; written: Written; before: string[] }[] = [];
    let refused = 0;
    for (let i = 0; i < 15; i += 1) {
      const step = next();
      const before = state();
      const written = await step.write().catch((error: { code: string }) => {
        expect(['conflict', 'query_failed']).toContain(error.code);
        expect(state()).toEqual(before);
        refused += 1;
      });
      if (written) done.push({ step, written, before });
    }
    expect(refused).toBeLessThan(12);
    for (const { step, written, before } of done.reverse()) {
      await step.back(written);
      expect(state()).toEqual(before);
      // Taken back twice is taken back once.
      await step.back(written);
      expect(state()).toEqual(before);
    }
  },
);

describe('somebody else meanwhile', () => {
  const CASES = [
    ['insert', insert, { documents: [{ _id: 20, n: 1 }] }, 20],
    ['update', update, { filter: { _id: 1 }, update: { $set: { n: 99 } } }, 1],
    ['delete', remove, { filter: { _id: 1 } }, 1],
  ] as const;
  const meddle = (id: number) => {
    const collection = lab.twin.state.database('shop').get(NAME);
    if (!collection) throw new Error('no collection');
    collection.documents = collection.documents.filter(
      (bytes) => !bytes.includes(Buffer.from([0x10, 0x5f, 0x69, 0x64, 0, id])),
    );
    lab.twin.state.put('shop', NAME, { _id: id, by: 'somebody else' });
  };

  test.each(CASES)('%s is not taken back over their change', async (_, tool, more, id) => {
    fill();
    const args = { collection: NAME, ...more } as never;
    const written = await lab.mongo.write(tool as typeof insert, 'shop', args);
    meddle(id);
    const theirs = state();
    const back = lab.mongo.revert(tool as typeof insert, 'shop', args, written);
    await expect(back).rejects.toMatchObject({ code: 'conflict' });
    expect(state()).toEqual(theirs);
  });

  test.each(CASES.slice(1))(
    '%s does not touch what they changed after the capture',
    async (_, tool, more, id) => {
      fill();
      const args = { collection: NAME, ...more } as never;
      let theirs: string[] = [];
      const between = async () => {
        meddle(id);
        theirs = state();
      };
      const write = lab.mongo.write(tool as typeof insert, 'shop', args, { between });
      await expect(write).rejects.toMatchObject({ code: 'conflict' });
      expect(state()).toEqual(theirs);
    },
  );

  test.each(CASES.slice(1))(
    '%s of several changes none when one of them was changed',
    async (name, tool, more) => {
      fill();
      const all =
        name === 'update' ? { ...more, filter: { n: { $lte: 2 } } } : { filter: { n: { $lte: 2 } } };
      let theirs: string[] = [];
      const between = async () => {
        meddle(2);
        theirs = state();
      };
      const args = { collection: NAME, ...all } as never;
      const write = lab.mongo.write(tool as typeof insert, 'shop', args, { between });
      await expect(write).rejects.toMatchObject({ code: 'conflict' });
      expect(state()).toEqual(theirs);
    },
  );

  test('a change between the look and the taking back is not overwritten either', async () => {
    fill();
    const args = { collection: NAME, filter: { _id: 1 }, update: { $set: { n: 99 } } };
    const written = await lab.mongo.write(update, 'shop', args);
    let theirs: string[] = [];
    lab.twin.before('update', () => {
      meddle(1);
      theirs = state();
    });
    await expect(lab.mongo.revert(update, 'shop', args, written)).rejects.toMatchObject({ code: 'conflict' });
    expect(state()).toEqual(theirs);
  });
});
