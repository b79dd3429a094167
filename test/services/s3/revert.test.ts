import { randomBytes, randomInt } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { remove } from '../../../src/services/s3/tools/delete.ts';
import { put } from '../../../src/services/s3/tools/put.ts';
import type { BucketState } from '../../twins/s3-state.ts';
import { BUCKETS, emptied, labForTests } from './fixture.ts';

const lab = labForTests();
const SUBS = ['plain', 'kept'] as const;
type Sub = (typeof SUBS)[number];
const stateOf = (sub: Sub): BucketState => lab.twin.bucket(BUCKETS[sub].bucket);
const CONFLICT = { code: 'conflict' };
const KEY = { key: 'it' };

beforeEach(() => {
  for (const sub of SUBS) emptied(stateOf(sub));
});

const pick = <T>(choices: readonly T[]): T => choices[randomInt(choices.length)] as T;
const someBytes = () => randomBytes(pick([0, 1, 90, 5_000]));

function someHeaders(): Record<string, string> {
  const all = {
    'content-type': pick(['text/plain', 'application/json; charset=utf-8']),
    'content-encoding': 'gzip',
    'content-disposition': 'attachment; filename="a b.txt"',
    'content-language': 'de',
    'cache-control': 'max-age=60',
    'x-amz-meta-owner': 'ann',
    'x-amz-meta-b': '2; x="y"',
  };
  const [type, ...others] = Object.entries(all);
  return Object.fromEntries([type ?? ['', ''], ...others.filter(() => randomInt(2))]);
}

describe.each(SUBS)('the way back of a write to the bucket %s', (sub) => {
  const somebodyActs = (key: string) => {
    if (randomInt(4) === 0) stateOf(sub).remove(key);
    else stateOf(sub).put(key, someBytes(), someHeaders());
  };

  test('write, then revert, gives the state before: any objects, either tool', async () => {
    for (let i = 0; i < 60; i++) {
      const key = pick(['it', 'a/b', 'é +%', 'folder/']);
      for (let acts = randomInt(3); acts > 0; acts--) somebodyActs(key);
      const before = stateOf(sub).snapshot;
      const isThere = stateOf(sub).keys.some(
        ([name, [newest]]) => name === key && newest?.isMarker === false,
      );
      if (isThere && randomInt(2)) {
        const written = await lab.s3.write(remove, sub, { key });
        expect(stateOf(sub).snapshot).not.toEqual(before);
        await lab.s3.revert(remove, sub, { key }, written);
      } else {
        const args = {
          key,
          base64: randomBytes(20).toString('base64'),
          content_type: pick(['a/b', 'text/plain']),
        };
        const written = await lab.s3.write(put, sub, args);
        expect(stateOf(sub).snapshot).not.toEqual(before);
        await lab.s3.revert(put, sub, args, written);
      }
      expect(stateOf(sub).snapshot).toEqual(before);
    }
  });

  test('a revert that is done again changes nothing more', async () => {
    stateOf(sub).put('it', 'old', someHeaders());
    const before = stateOf(sub).snapshot;
    const args = { ...KEY, text: 'new' };
    const written = await lab.s3.write(put, sub, args);
    await lab.s3.revert(put, sub, args, written);
    const deleted = await lab.s3.write(remove, sub, KEY);
    await lab.s3.revert(remove, sub, KEY, deleted);
    lab.twin.forget();
    await lab.s3.revert(put, sub, args, written);
    await lab.s3.revert(remove, sub, KEY, deleted);
    expect(lab.twin.writes()).toEqual([]);
    expect(stateOf(sub).snapshot).toEqual(before);
  });

  test.for([true, false])('what somebody wrote since stays, and the revert says so', async (wasThere) => {
    if (wasThere) stateOf(sub).put('it', 'old', { 'content-type': 'text/plain' });
    const args = { ...KEY, text: 'new' };
    const written = await lab.s3.write(put, sub, args);
    stateOf(sub).put('it', 'theirs', { 'content-type': 'text/plain' });
    const theirs = stateOf(sub).snapshot;
    await expect(lab.s3.revert(put, sub, args, written)).rejects.toMatchObject(CONFLICT);
    expect(stateOf(sub).snapshot).toEqual(theirs);
  });

  test('what somebody wrote at the place of a deleted object stays', async () => {
    stateOf(sub).put('it', 'old', {});
    const deleted = await lab.s3.write(remove, sub, KEY);
    stateOf(sub).put('it', 'theirs', {});
    const theirs = stateOf(sub).snapshot;
    await expect(lab.s3.revert(remove, sub, KEY, deleted)).rejects.toMatchObject(CONFLICT);
    expect(stateOf(sub).snapshot).toEqual(theirs);
  });

  test('an object that somebody deleted since is not brought back', async () => {
    stateOf(sub).put('it', 'old', {});
    const args = { ...KEY, text: 'new' };
    const written = await lab.s3.write(put, sub, args);
    stateOf(sub).remove('it');
    const theirs = stateOf(sub).snapshot;
    await expect(lab.s3.revert(put, sub, args, written)).rejects.toMatchObject(CONFLICT);
    expect(stateOf(sub).snapshot).toEqual(theirs);
  });

  test('a write that never began leaves nothing for its revert to do', async () => {
    stateOf(sub).put('it', 'old', { 'content-type': 'text/plain' });
    const args = { ...KEY, text: 'new' };
    const { before } = await lab.s3.write(put, sub, args);
    for (const { id } of stateOf(sub)
      .keys.flatMap(([, all]) => [...all])
      .slice(0, 1))
      stateOf(sub).remove('it', id);
    if (sub === 'plain') stateOf(sub).put('it', 'old', { 'content-type': 'text/plain' });
    const state = stateOf(sub).snapshot;
    lab.twin.forget();
    await lab.s3.revert(put, sub, args, { before, after: null });
    expect(lab.twin.writes()).toEqual([]);
    expect(stateOf(sub).snapshot).toEqual(state);
  });

  test('a write of which it is not known what it made is left to people', async () => {
    const args = { ...KEY, text: 'new' };
    const { before } = await lab.s3.write(put, sub, args);
    const state = stateOf(sub).snapshot;
    await expect(lab.s3.revert(put, sub, args, { before, after: null })).rejects.toMatchObject(CONFLICT);
    expect(stateOf(sub).snapshot).toEqual(state);
  });
});

describe('the way back in a bucket without versions', () => {
  const args = { ...KEY, text: 'new' };

  test('a delete is taken back from what was known before it ran', async () => {
    stateOf('plain').put('it', 'old', { 'content-type': 'text/plain' });
    const before = stateOf('plain').snapshot;
    const { before: image, after } = await lab.s3.write(remove, 'plain', KEY);
    expect(after).toEqual({ version_id: null, etag: null });
    await lab.s3.revert(remove, 'plain', KEY, { before: image, after });
    expect(stateOf('plain').snapshot).toEqual(before);
  });

  test('somebody’s other headers on the same bytes stay', async () => {
    const written = await lab.s3.write(put, 'plain', args);
    stateOf('plain').put('it', 'new', { 'content-type': 'text/html' });
    const theirs = stateOf('plain').snapshot;
    await expect(lab.s3.revert(put, 'plain', args, written)).rejects.toMatchObject(CONFLICT);
    expect(stateOf('plain').snapshot).toEqual(theirs);
  });

  test('versioning that somebody turned on since is a conflict', async () => {
    const written = await lab.s3.write(put, 'plain', args);
    stateOf('plain').versioning = 'Enabled';
    await expect(lab.s3.revert(put, 'plain', args, written)).rejects.toMatchObject(CONFLICT);
    stateOf('plain').versioning = '';
  });

  test.for(['PUT', 'DELETE'] as const)(
    'nobody gets in between the look and the %s of a revert',
    async (method) => {
      if (method === 'PUT') stateOf('plain').put('it', 'old', {});
      const written = await lab.s3.write(put, 'plain', args);
      lab.twin.meanwhile(method, () => stateOf('plain').put('it', 'theirs', {}));
      await expect(lab.s3.revert(put, 'plain', args, written)).rejects.toMatchObject(CONFLICT);
      expect(`${stateOf('plain').version('it').body}`).toBe('theirs');
    },
  );
});
