import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Bound } from '../../src/gate/binding.ts';
import { gateOn } from '../harness/gate-files.ts';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

const BOUND: Bound = {
  principal: 'p',
  tool: 't',
  target: 'x/y',
  args: { a: 1, b: [2] },
  topology: 'f'.repeat(64),
};
const SHOWN = { args: { a: 1 }, why: 'it burns', resources: ['row k'], wayBack: 'none' };
const YES = { decision: 'approved', by: 'ada', reason: '' } as const;
const NO = { decision: 'refused', by: 'ada', reason: 'not today' } as const;
const TTL = 1_000;

function open() {
  const dir = mkdtempSync(join(tmpdir(), 'stackward-approvals-'));
  dirs.push(dir);
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') };
  const again = () => gateOn(dir, { ttlMs: TTL, now: () => clock.now }).approvals;
  const approvals = again();
  return {
    dir,
    clock,
    again,
    approvals,
    file: (id: string, part: string) => join(dir, 'approvals', `${id}.${part}`),
    states: async () => (await approvals.list()).map(({ state }) => state),
  };
}

/** Rewrites one field of a stored file. */
const edit = (file: string, fields: Record<string, unknown>) =>
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...fields }));

test('waiting, approved, used: each in its turn, and each once', async () => {
  const { approvals, states } = open();
  expect(await approvals.consume(BOUND)).toBeUndefined();
  const { id } = await approvals.request(BOUND, SHOWN);
  expect(await states()).toEqual(['waiting']);
  expect(await approvals.consume(BOUND)).toBeUndefined();
  await approvals.decide(id, YES);
  expect(await states()).toEqual(['approved']);
  expect((await approvals.consume(BOUND))?.id).toBe(id);
  expect(await states()).toEqual(['used']);
  expect(await approvals.consume(BOUND)).toBeUndefined();
  await expect(approvals.decide(id, YES)).rejects.toThrow(/is used/);
});

test('asking again for the same call is the same request; after it was used, a new one', async () => {
  const { approvals } = open();
  const { id } = await approvals.request(BOUND, SHOWN);
  expect((await approvals.request({ ...BOUND, args: { b: [2], a: 1 } }, SHOWN)).id).toBe(id);
  await approvals.decide(id, YES);
  await approvals.consume(BOUND);
  expect((await approvals.request(BOUND, SHOWN)).id).not.toBe(id);
});

test('of two processes on one directory one uses the approval', async () => {
  const { approvals, again } = open();
  const { id } = await approvals.request(BOUND, SHOWN);
  const other = again();
  await other.decide(id, YES);
  await expect(approvals.decide(id, YES)).rejects.toThrow(/approved/);
  expect(
    (await Promise.all([approvals, other, again()].map((one) => one.consume(BOUND)))).filter(Boolean),
  ).toHaveLength(1);
});

test.each<[string, Partial<Bound>]>([
  ['principal', { principal: 'q' }],
  ['tool', { tool: 'u' }],
  ['target', { target: 'x' }],
  ['arguments', { args: { a: 1, b: [3] } }],
  ['order in a list', { args: { a: 1, b: [2, 2] } }],
  ['topology', { topology: 'e'.repeat(64) }],
])('an approval is not worth anything for another %s', async (_name, other) => {
  const { approvals, states } = open();
  await approvals.decide((await approvals.request(BOUND, SHOWN)).id, YES);
  expect(await approvals.consume({ ...BOUND, ...other })).toBeUndefined();
  expect(await states()).toEqual(['approved']);
});

test('a refusal stands until it expires, and cannot be overruled by asking again', async () => {
  const { approvals, clock, states } = open();
  const { id } = await approvals.request(BOUND, SHOWN);
  await approvals.decide(id, NO);
  await expect(approvals.consume(BOUND)).rejects.toThrow(/refused: not today/);
  await expect(approvals.decide(id, YES)).rejects.toThrow(/is refused/);
  const second = await approvals.request(BOUND, SHOWN);
  await approvals.decide(second.id, YES);
  await expect(approvals.consume(BOUND)).rejects.toThrow(/not today/);
  clock.now += TTL;
  expect(await states()).toEqual(['expired', 'expired']);
  expect(await approvals.consume(BOUND)).toBeUndefined();
});

test('a request expires, answered or not', async () => {
  const { approvals, clock, states } = open();
  const waiting = await approvals.request(BOUND, SHOWN);
  const answered = await approvals.request({ ...BOUND, tool: 'u' }, SHOWN);
  await approvals.decide(answered.id, YES);
  clock.now += TTL - 1;
  expect((await states()).sort()).toEqual(['approved', 'waiting']);
  clock.now += 1;
  expect(await states()).toEqual(['expired', 'expired']);
  await expect(approvals.decide(waiting.id, YES)).rejects.toThrow(/is expired/);
  expect(await approvals.consume({ ...BOUND, tool: 'u' })).toBeUndefined();
});

test('a decision that was written by hand counts for nothing', async () => {
  const { approvals, file, states } = open();
  const { id, binding } = await approvals.request(BOUND, SHOWN);
  const made = { id, binding, ...YES, at: new Date().toISOString(), mac: '0'.repeat(64) };
  writeFileSync(file(id, 'decision.json'), JSON.stringify(made));
  expect(await states()).toEqual(['waiting']);
  expect(await approvals.consume(BOUND)).toBeUndefined();
});

test('a refusal cannot be edited into a yes', async () => {
  const { approvals, file } = open();
  const { id } = await approvals.request(BOUND, SHOWN);
  await approvals.decide(id, NO);
  edit(file(id, 'decision.json'), { decision: 'approved' });
  expect(await approvals.consume(BOUND)).toBeUndefined();
});

test('a yes cannot be moved to another request', async () => {
  const { approvals, file } = open();
  const other = { ...BOUND, args: { a: 2 } };
  const [yes, wanted] = [await approvals.request(BOUND, SHOWN), await approvals.request(other, SHOWN)];
  await approvals.decide(yes.id, YES);
  renameSync(file(yes.id, 'decision.json'), file(wanted.id, 'decision.json'));
  expect(await approvals.consume(other)).toBeUndefined();
  edit(file(wanted.id, 'decision.json'), { id: wanted.id, binding: wanted.binding });
  expect(await approvals.consume(other)).toBeUndefined();
});

test.each<[string, Record<string, unknown>]>([
  ['its end', { expires: '2030-01-01T00:00:00.000Z' }],
  ['what the human reads', { resources: ['one harmless row'] }],
  ['what it is bound to', { binding: '0'.repeat(64) }],
  ['a further field', { more: 1 }],
])('a request with %s edited is no request', async (_name, fields) => {
  const { approvals, file, clock } = open();
  const { id } = await approvals.request(BOUND, SHOWN);
  await approvals.decide(id, YES);
  edit(file(id, 'json'), fields);
  clock.now += 1;
  expect(await approvals.list()).toEqual([]);
  expect(await approvals.consume(BOUND)).toBeUndefined();
  await expect(approvals.decide(id, YES)).rejects.toThrow(/no approval request/);
});

test.each(['', '../../etc/passwd', 'aaaaaaaaaaaa', 'AAAAAAAAAAAA', '../approvals/aaaaaaaaaaaa'])(
  'the id %j is nobody',
  async (id) => {
    const { approvals } = open();
    await expect(approvals.decide(id, YES)).rejects.toThrow(/no approval request/);
  },
);

test('files that are no requests are passed over', async () => {
  const { approvals, file } = open();
  writeFileSync(file('aaaaaaaaaaaa', 'json'), '{');
  writeFileSync(file('bbbbbbbbbbbb', 'json'), '');
  writeFileSync(file('note', 'json'), '{}');
  expect(await approvals.list()).toEqual([]);
  expect((await approvals.request(BOUND, SHOWN)).id).toMatch(/^[a-z2-7]{12}$/);
});

test('one principal cannot bury its human in questions, nor silence another', async () => {
  const { approvals } = open();
  const ask = (n: number, principal = 'p') => approvals.request({ ...BOUND, principal, args: n }, SHOWN);
  for (let n = 0; n < 100; n++) await ask(n);
  await expect(ask(100)).rejects.toThrow(/wait for a human already/);
  expect((await ask(7)).id).toBeTruthy();
  expect((await ask(100, 'q')).id).toBeTruthy();
});

test('long after their end requests are swept away; what may still matter stays', async () => {
  const { approvals, again, clock, dir } = open();
  const { id } = await approvals.request(BOUND, SHOWN);
  await approvals.decide(id, YES);
  await approvals.consume(BOUND);
  const askAnother = (n: number) => again().request({ ...BOUND, args: n }, SHOWN);
  clock.now += TTL + 59 * 60_000;
  await askAnother(1);
  expect((await approvals.list()).map((one) => one.id)).toContain(id);
  clock.now += 60_000;
  const { id: last } = await askAnother(2);
  const kept = readdirSync(join(dir, 'approvals'));
  expect(kept.filter((name) => name.startsWith(id))).toEqual([]);
  expect(kept).toContain(`${last}.json`);
});

test('files and folder are for the owner alone', async () => {
  const { approvals, file, dir } = open();
  const { id } = await approvals.request(BOUND, SHOWN);
  expect(statSync(file(id, 'json')).mode & 0o077).toBe(0);
  expect(statSync(join(dir, 'approvals')).mode & 0o077).toBe(0);
});
