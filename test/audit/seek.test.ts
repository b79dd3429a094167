import { expect, test } from 'vitest';
import { openFileBook } from '../../src/audit/file-book.ts';
import { placeOf } from '../../src/audit/place.ts';
import { readRecords } from '../../src/audit/read.ts';
import { offsetBefore } from '../../src/audit/seek.ts';
import { requestOf, responseOf } from './calls.ts';
import { auditDir, closedLog, editLines, onlySegment, openLog } from './sample.ts';

/** A segment long enough to be halved many times, its lines of very different length. */
async function longLog(): Promise<{ dir: string; last: number }> {
  const dir = auditDir();
  const { log } = await openLog(dir);
  let last = 0;
  for (let index = 0; index < 4_000; index += 1) {
    log.append(requestOf(`call-${index}-${'x'.repeat((index * 7919) % 1_500)}`));
    const { seq, durable } = log.append(responseOf(`call-${index}-${'x'.repeat((index * 7919) % 1_500)}`));
    if (index % 500 === 0) await durable;
    last = seq;
  }
  await log.close();
  return { dir, last };
}

test('reading from any record gives that record first, from near it', async () => {
  const { dir, last } = await longLog();
  for (const seq of [1, 2, 3, 1_000, 1_001, 4_321, last - 1, last, last + 1]) {
    const [first] = await firstOf(readRecords(openFileBook(dir), { fromSeq: seq }));
    expect(first?.record.seq).toBe(seq);
  }
  expect(await firstOf(readRecords(openFileBook(dir), { fromSeq: last + 50 }))).toEqual([]);
  expect(await offsetBefore(onlySegment(dir), last)).toBeGreaterThan(1_000_000);
});

test('a record is sealed by the checkpoint after it, and what comes after the last is not', async () => {
  const dir = await closedLog(8);
  expect(await placeOf(openFileBook(dir), '0001', 2)).toMatchObject({ verdict: 'sealed', kind: 'response' });
  expect(await placeOf(openFileBook(dir), '0001', 1)).toMatchObject({
    verdict: 'sealed',
    prev: '0'.repeat(64),
  });
  expect(await placeOf(openFileBook(dir), '0001', 999)).toBeUndefined();
  const { log } = await openLog(dir);
  const { seq, durable } = log.append(requestOf('later'));
  await durable;
  expect(await placeOf(openFileBook(dir), '0001', seq)).toMatchObject({ verdict: 'linked' });
  await log.close();
});

test('a record that was edited, moved or made anew does not verify', async () => {
  const edited = await closedLog(8);
  editLines(edited, (lines) => lines.map((line, at) => (at === 2 ? line.replace('call-2', 'call-9') : line)));
  expect(await placeOf(openFileBook(edited), '0001', 3)).toMatchObject({ verdict: 'broken' });
  const removed = await closedLog(8);
  editLines(removed, (lines) => lines.filter((_, at) => at !== 1));
  expect(await placeOf(openFileBook(removed), '0001', 3)).toMatchObject({ verdict: 'broken' });
  const forged = await closedLog(8);
  editLines(forged, (lines) => lines.map((line) => line.replace(/"signature":"..../, '"signature":"AAAA')));
  expect(await placeOf(openFileBook(forged), '0001', 3)).toMatchObject({ verdict: 'broken' });
});

async function firstOf<T>(found: AsyncGenerator<T>): Promise<T[]> {
  for await (const one of found) return [one];
  return [];
}
