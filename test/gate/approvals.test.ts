import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openApprovals } from '../../src/gate/approvals.ts';
import type { Bound } from '../../src/gate/binding.ts';

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
  const again = () => openApprovals({ dir, ttlMs: TTL, now: () => clock.now });
  const approvals = again();
  return {
    dir,
    clock,
    again,
    approvals,
    file: (id: string, part: string) => join(dir, 'approvals', `${id}.${part}`),
    states: () => approvals.list().map(({ state }) => state),
  };
}

/** Rewrites one field of a stored file. */
const edit = (file: string, fields: Record<string, unknown>) =>
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...fields }));

test('waiting, approved, used: each in its turn, and each once', () => {
  const { approvals, states } = open();
  expect(approvals.consume(BOUND)).toBeUndefined();
  const { id } = approvals.request(BOUND, SHOWN);
  expect(states()).toEqual(['waiting']);
  expect(approvals.consume(BOUND)).toBeUndefined();
  approvals.decide(id, YES);
  expect(states()).toEqual(['approved']);
  expect(approvals.consume(BOUND)?.id).toBe(id);
  expect(states()).toEqual(['used']);
  expect(approvals.consume(BOUND)).toBeUndefined();
  expect(() => approvals.decide(id, YES)).toThrow(/is used/);
});

test('asking again for the same call is the same request; after it was used, a new one', () => {
  const { approvals } = open();
  const { id } = approvals.request(BOUND, SHOWN);
  expect(approvals.request({ ...BOUND, args: { b: [2], a: 1 } }, SHOWN).id).toBe(id);
  approvals.decide(id, YES);
  approvals.consume(BOUND);
  expect(approvals.request(BOUND, SHOWN).id).not.toBe(id);
});

test('of two processes on one directory one uses the approval', () => {
  const { approvals, again } = open();
  const { id } = approvals.request(BOUND, SHOWN);
  const other = again();
  other.decide(id, YES);
  expect(() => approvals.decide(id, YES)).toThrow(/approved/);
  expect(
    [approvals.consume(BOUND), other.consume(BOUND), again().consume(BOUND)].filter(Boolean),
  ).toHaveLength(1);
});

test.each<[string, Partial<Bound>]>([
  ['principal', { principal: 'q' }],
  ['tool', { tool: 'u' }],
  ['target', { target: 'x' }],
  ['arguments', { args: { a: 1, b: [3] } }],
  ['order in a list', { args: { a: 1, b: [2, 2] } }],
  ['topology', { topology: 'e'.repeat(64) }],
])('an approval is not worth anything for another %s', (_name, other) => {
  const { approvals, states } = open();
  approvals.decide(approvals.request(BOUND, SHOWN).id, YES);
  expect(approvals.consume({ ...BOUND, ...other })).toBeUndefined();
  expect(states()).toEqual(['approved']);
});

test('a refusal stands until it expires, and cannot be overruled by asking again', () => {
  const { approvals, clock, states } = open();
  const { id } = approvals.request(BOUND, SHOWN);
  approvals.decide(id, NO);
  expect(() => approvals.consume(BOUND)).toThrow(/refused: not today/);
  expect(() => approvals.decide(id, YES)).toThrow(/is refused/);
  const second = approvals.request(BOUND, SHOWN);
  approvals.decide(second.id, YES);
  expect(() => approvals.consume(BOUND)).toThrow(/not today/);
  clock.now += TTL;
  expect(states()).toEqual(['expired', 'expired']);
  expect(approvals.consume(BOUND)).toBeUndefined();
});

test('a request expires, answered or not', () => {
  const { approvals, clock, states } = open();
  const waiting = approvals.request(BOUND, SHOWN);
  const answered = approvals.request({ ...BOUND, tool: 'u' }, SHOWN);
  approvals.decide(answered.id, YES);
  clock.now += TTL - 1;
  expect(states().sort()).toEqual(['approved', 'waiting']);
  clock.now += 1;
  expect(states()).toEqual(['expired', 'expired']);
  expect(() => approvals.decide(waiting.id, YES)).toThrow(/is expired/);
  expect(approvals.consume({ ...BOUND, tool: 'u' })).toBeUndefined();
});

test('a decision that was written by hand counts for nothing', () => {
  const { approvals, file, states } = open();
  const { id, binding } = approvals.request(BOUND, SHOWN);
  const made = { id, binding, ...YES, at: new Date().toISOString(), mac: '0'.repeat(64) };
  writeFileSync(file(id, 'decision.json'), JSON.stringify(made));
  expect(states()).toEqual(['waiting']);
  expect(approvals.consume(BOUND)).toBeUndefined();
});

test('a refusal cannot be edited into a yes', () => {
  const { approvals, file } = open();
  const { id } = approvals.request(BOUND, SHOWN);
  approvals.decide(id, NO);
  edit(file(id, 'decision.json'), { decision: 'approved' });
  expect(approvals.consume(BOUND)).toBeUndefined();
});

test('a yes cannot be moved to another request', () => {
  const { approvals, file } = open();
  const other = { ...BOUND, args: { a: 2 } };
  const [yes, wanted] = [approvals.request(BOUND, SHOWN), approvals.request(other, SHOWN)];
  approvals.decide(yes.id, YES);
  renameSync(file(yes.id, 'decision.json'), file(wanted.id, 'decision.json'));
  expect(approvals.consume(other)).toBeUndefined();
  edit(file(wanted.id, 'decision.json'), { id: wanted.id, binding: wanted.binding });
  expect(approvals.consume(other)).toBeUndefined();
});

test.each<[string, Record<string, unknown>]>([
  ['its end', { expires: '2030-01-01T00:00:00.000Z' }],
  ['what the human reads', { resources: ['one harmless row'] }],
  ['what it is bound to', { binding: '0'.repeat(64) }],
  ['a further field', { more: 1 }],
])('a request with %s edited is no request', (_name, fields) => {
  const { approvals, file, clock } = open();
  const { id } = approvals.request(BOUND, SHOWN);
  approvals.decide(id, YES);
  edit(file(id, 'json'), fields);
  clock.now += 1;
  expect(approvals.list()).toEqual([]);
  expect(approvals.consume(BOUND)).toBeUndefined();
  expect(() => approvals.decide(id, YES)).toThrow(/no approval request/);
});

test.each(['', '../../etc/passwd', 'aaaaaaaaaaaa', 'AAAAAAAAAAAA', '../approvals/aaaaaaaaaaaa'])(
  'the id %j is nobody',
  (id) => {
    const { approvals } = open();
    expect(() => approvals.decide(id, YES)).toThrow(/no approval request/);
  },
);

test('files that are no requests are passed over', () => {
  const { approvals, file } = open();
  writeFileSync(file('aaaaaaaaaaaa', 'json'), '{');
  writeFileSync(file('bbbbbbbbbbbb', 'json'), '');
  writeFileSync(file('note', 'json'), '{}');
  expect(approvals.list()).toEqual([]);
  expect(approvals.request(BOUND, SHOWN).id).toMatch(/^[a-z2-7]{12}$/);
});

test('one principal cannot bury its human in questions, nor silence another', () => {
  const { approvals } = open();
  const ask = (n: number, principal = 'p') => approvals.request({ ...BOUND, principal, args: n }, SHOWN);
  for (let n = 0; n < 100; n++) ask(n);
  expect(() => ask(100)).toThrow(/wait for a human already/);
  expect(ask(7).id).toBeTruthy();
  expect(ask(100, 'q').id).toBeTruthy();
});

test('long after their end requests are swept away; what may still matter stays', () => {
  const { approvals, again, clock, dir } = open();
  const { id } = approvals.request(BOUND, SHOWN);
  approvals.decide(id, YES);
  approvals.consume(BOUND);
  clock.now += TTL + 59 * 60_000;
  again();
  expect(approvals.list()).toHaveLength(1);
  clock.now += 60_000;
  again();
  expect(readdirSync(join(dir, 'approvals'))).toEqual([]);
});

test('files and folder are for the owner alone', () => {
  const { approvals, file, dir } = open();
  const { id } = approvals.request(BOUND, SHOWN);
  expect(statSync(file(id, 'json')).mode & 0o077).toBe(0);
  expect(statSync(join(dir, 'approvals')).mode & 0o077).toBe(0);
});
