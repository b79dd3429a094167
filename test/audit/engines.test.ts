import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { AuditBook } from '../../src/audit/audit-book.ts';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import { indexChain } from '../../src/audit/blocks/indexer.ts';
import { exportRecords } from '../../src/audit/export.ts';
import { hashLine } from '../../src/audit/line.ts';
import type { AuditFilter } from '../../src/audit/matcher.ts';
import { placeOf } from '../../src/audit/place.ts';
import { queryAudit, scanAudit } from '../../src/audit/query.ts';
import { readRecords } from '../../src/audit/read.ts';
import { followRecords, tailRecords } from '../../src/audit/tail.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import type { AuditView } from '../../src/audit/views.ts';
import { requestOf, responseOf } from './calls.ts';
import { ENGINES } from './engines.ts';
import { recordCalls } from './sample.ts';

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

const nameOf = (view: AuditView) => (view.kind === 'call' ? view.call : view.record.event);
const found = async (book: AuditBook, filter: AuditFilter) =>
  (await collect(queryAudit(book, filter))).map(nameOf);

/** Two chains: a refused write, an open call, an event, a call of somebody else. */
async function busy(one: AuditLog, two: AuditLog): Promise<void> {
  await recordCalls(one, 2);
  const verdict = {
    passed: false,
    checks: [
      { rule: 'write-flag', passed: false, reason: 'off' },
      { rule: 'linked', passed: true, reason: 'drawn' },
    ],
    reasons: ['off'],
  };
  one.append({ ...requestOf('refused', 'DELETE ünïcode'), verdict });
  await one.append({ ...responseOf('refused'), outcome: 'denied' }).durable;
  two.append({ ...requestOf('other'), principal: 'reporter' });
  await two.append({ ...responseOf('other'), principal: 'reporter' }).durable;
  const event = {
    kind: 'event',
    event: 'topology_loaded',
    principal: 'stackward',
    topology: '',
    version: 1,
  } as const;
  two.append({ ...event, detail: {} });
  await two.append(requestOf('running')).durable;
}

/** Some hundred calls at once whose ends come in another order than their beginnings, over many blocks. */
async function crowd(log: AuditLog, count: number): Promise<void> {
  const ends: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const call = `crowd-${index}`;
    const rare = index === 7 ? { principal: 'rare' } : {};
    const { durable } = log.append({
      ...requestOf(call, `select ${index} from needle_${index % 97}`),
      ...rare,
    });
    ends.push(call);
    if (ends.length > 60) end(log, ends.splice((index * 31) % ends.length, 1));
    if (index % 500 === 0) await durable;
  }
  end(log, ends.slice(1));
  await log.append(requestOf('last of all')).durable;
}

const end = (log: AuditLog, calls: readonly string[]) => {
  for (const call of calls)
    log.append({ ...responseOf(call), outcome: call.endsWith('13') ? 'error' : 'ok' });
};

describe.each(ENGINES)('in %s', (_name, openEngine) => {
  test('what is durable is read, verified, exported and linked as it was written', async () => {
    const { book, open } = await openEngine();
    const { log } = await open({ checkpointEvery: 5 });
    await recordCalls(log, 4);
    await log.close();
    const records = await collect(readRecords(book));
    expect(records.map(({ record }) => record.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const [at, { record }] of records.entries())
      expect(record.prev).toBe(
        at === 0 ? '0'.repeat(64) : hashLine(records[at - 1]?.line ?? Buffer.alloc(0)),
      );
    const out = new PassThrough();
    const exported = text(out);
    await exportRecords(book, out);
    out.end();
    expect(await exported).toBe(records.map(({ line }) => `${line}\n`).join(''));
    expect(await verifyAudit(book)).toMatchObject({
      ok: true,
      checkpoints: { count: 1 },
      chains: [{ records: 10, checkpoints: 2, orphanIntents: 0, unsealed: 0, live: false }],
    });
    expect(await placeOf(book, '0001', 2)).toMatchObject({ verdict: 'sealed', kind: 'response' });
    expect((await tailRecords(book, 2)).map(({ record }) => record.seq)).toEqual([9, 10]);
  });

  test('a chain is written on where it was left, and two at once write one each', async () => {
    const { book, open } = await openEngine();
    const { log: first } = await open();
    await recordCalls(first, 1);
    await first.close();
    const { log: one } = await open();
    const { log: two } = await open();
    expect([one.status().chain, two.status().chain]).toEqual(['0001', '0002']);
    await Promise.all([recordCalls(one, 20, 'one'), recordCalls(two, 20, 'two')]);
    expect(await verifyAudit(book)).toMatchObject({ ok: true, chains: [{ live: true }, { live: true }] });
    await one.close();
    await two.close();
    expect(await verifyAudit(book)).toMatchObject({
      ok: true,
      chains: [{ records: 44, orphanIntents: 0 }, { records: 41 }],
    });
  });

  test.each<[AuditFilter, string[]]>([
    [{ principal: 'reporter' }, ['other']],
    [{ tool: 'pg_query', outcome: 'denied' }, ['refused']],
    [{ tool: 'pg_execute' }, []],
    [{ target: 'orders-db/orders', chain: '0002' }, ['running', 'other']],
    [{ outcome: 'open' }, ['running']],
    [{ method: 'tools/call', principal: 'triage' }, ['running', 'refused', 'call-2', 'call-1']],
    [{ event: 'topology_loaded' }, ['topology_loaded']],
    [{ rule: 'write-flag' }, ['refused']],
    [{ rule: 'linked' }, []],
    [{ text: 'delete ÜNÏCODE' }, ['refused']],
    [{ call: 'call-2' }, ['call-2']],
    [{ seq: 4, chain: '0001' }, ['call-2']],
    [{ since: new Date(0), principal: 'reporter' }, ['other']],
    [{ since: new Date(Date.now() + 1e9) }, []],
    [{ until: new Date(0) }, []],
  ])('a query for %j finds the calls and events that match', async (filter, expected) => {
    const { book, open } = await openEngine();
    const [one, two] = [(await open()).log, (await open()).log];
    await busy(one, two);
    expect(await found(book, filter)).toEqual(expected);
    await one.close();
    await two.close();
  });

  test('a search over blocks finds just what reading everything finds, in the same order', async () => {
    const { book, open } = await openEngine();
    const { log } = await open();
    await crowd(log, 3_000);
    const filters: AuditFilter[] = [
      {},
      { principal: 'rare' },
      { outcome: 'open' },
      { outcome: 'error' },
      { text: 'needle_13"' },
      { text: 'NEEDLE_9' },
      { text: '2999' },
      { call: 'crowd-1234' },
      { seq: 3_000 },
      { tool: 'none' },
      { text: 'nowhere at all' },
      { principal: 'triage', outcome: 'error', text: 'select 1013' },
    ];
    const unaided: string[][] = [];
    for (const filter of filters) unaided.push(await found(book, filter));
    expect(unaided.map(({ length }) => length)).toContain(3_001);
    expect(await indexChain(book, '0001', { upTo: log.status().lastSeq, pauseMs: 0 })).toBeGreaterThan(5);
    for (const [at, filter] of filters.entries())
      expect(await found(book, filter), JSON.stringify(filter)).toEqual(unaided[at]);
    // What is appended behind the blocks, and ends of calls that lie in them, are found as well.
    const late = unaided[2]?.at(-1) ?? '';
    await log.append({ ...responseOf(late), outcome: 'cancelled' }).durable;
    expect(await found(book, { outcome: 'cancelled' })).toEqual([late]);
    expect(await found(book, { outcome: 'open' })).toEqual(['last of all']);
    await recordCalls(log, 300, 'more');
    expect(await indexChain(book, '0001', { upTo: log.status().lastSeq, pauseMs: 0 })).toBeGreaterThan(0);
    expect(await found(book, { outcome: 'cancelled' })).toEqual([late]);
    expect((await found(book, {})).length).toBe(3_301);
    await log.close();
  });

  test('a search passes over blocks that cannot match without reading them', async () => {
    const { book, open } = await openEngine();
    const { log } = await open();
    await crowd(log, 3_000);
    await indexChain(book, '0001', { pauseMs: 0 });
    let read = 0;
    const counting: AuditBook = {
      ...book,
      linesOf(chain, block) {
        read += 1;
        return book.linesOf(chain, block);
      },
    };
    const steps = await collect(scanAudit(counting, { principal: 'rare' }));
    expect(steps.flatMap(({ view }) => (view ? [nameOf(view)] : []))).toEqual(['crowd-7']);
    expect(read).toBeLessThan(4);
    expect(steps.reduce((sum, { looked }) => sum + looked, 0)).toBeGreaterThan(2_900);
    await log.close();
  });

  test('following tells each new record of every chain once', async () => {
    const { book, open } = await openEngine();
    const { log: one } = await open();
    await recordCalls(one, 3);
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { chain, record } of followRecords(book, {
        count: 2,
        signal: stop.signal,
        everyMs: 20,
      })) {
        seen.push(`${chain}/${record.seq}`);
        if (seen.length === 2 + 8 + 4) stop.abort();
      }
    })();
    await expect.poll(() => seen.length).toBe(2);
    const { log: two } = await open();
    await Promise.all([recordCalls(one, 4, 'later'), recordCalls(two, 2)]);
    await following;
    const of = (chain: string) => seen.filter((name) => name.startsWith(chain));
    expect(of('0001')).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((seq) => `0001/${seq}`));
    expect(of('0002')).toEqual([1, 2, 3, 4].map((seq) => `0002/${seq}`));
    await one.close();
    await two.close();
  });
});
