import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Stores } from '../../src/store/stores.ts';
import { listVersions, readVersion } from '../../src/versions/look.ts';
import { versionsAfter } from '../../src/versions/plan-rollback.ts';
import { openVersions, type Versions } from '../../src/versions/versions.ts';
import { ENGINES, type Engine } from '../store/engines.ts';

const moment = { topology: () => ({ text: 'stack: shop', hash: 'ab' }), secrets: () => ({}) };
const COUNT = 40;

describe.each(ENGINES)('a long history on %s', (_name, start) => {
  let engine: Engine;
  let versions: Versions;
  /** Keys that the store gave since it was last set to 0. */
  let listed = 0;

  beforeEach(async () => {
    engine = await start();
    const stores = await engine.open();
    versions = await openVersions({ stores: counted(stores), moment });
    for (let n = 0; n < COUNT; n++) await versions.record({ cause: 'snapshot', by: 'test' });
    listed = 0;
  });
  afterEach(() => engine.close());

  const counted = (stores: Stores): Pick<Stores, 'documents'> => ({
    documents(collection) {
      const documents = stores.documents(collection);
      return {
        ...documents,
        async keys(range) {
          const keys = await documents.keys(range);
          listed += keys.length;
          return keys;
        },
      };
    },
  });

  test('what came after a version is asked for from there on', async () => {
    expect((await versionsAfter(versions, COUNT - 3)).map(({ number }) => number)).toEqual([40, 39, 38]);
    // A version has a beginning and an end.
    expect(listed).toBe(6);
    await versions.files.remove(20);
    await expect(versionsAfter(versions, 18)).rejects.toMatchObject({
      code: 'not_found',
      detail: expect.stringContaining('version 20 was pruned'),
    });
  });

  test('a version that is not there is told with the first and the last there are, and no list', async () => {
    for (const number of [1, 2]) await versions.files.remove(number);
    await expect(readVersion(versions, 1)).rejects.toMatchObject({
      code: 'not_found',
      detail: `there is no version 1; kept are 3 to ${COUNT}`,
    });
    expect(listed).toBe(0);
  });

  test('below a gap the list goes on with those that stayed', async () => {
    for (let number = 6; number <= 35; number++) await versions.files.remove(number);
    const found = await listVersions(versions, { limit: 8 });
    expect(found.map(({ number }) => number)).toEqual([40, 39, 38, 37, 36, 5, 4, 3]);
    expect(listed).toBe(10);
  });
});
