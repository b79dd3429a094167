import { afterEach, expect, test, vi } from 'vitest';
import { ToolError } from '../../src/toolset/errors.ts';
import { type Lab, type LabOptions, openLab } from './lab.ts';

const labs: Lab[] = [];
const lab = async (options?: LabOptions) => {
  const made = await openLab(options);
  labs.push(made);
  return made;
};
afterEach(() => Promise.all(labs.splice(0).map((one) => one.close())));

const A = { target: 'store/a' };

test('a write: intent durable, then the session, the before-image durable, the effect, the end durable', async () => {
  const { call, probe } = await lab();
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'ok' });
  expect(probe.trace).toEqual([
    'request appended',
    'request durable',
    'writer opens',
    'capture runs',
    'before-image durable',
    'write runs',
    'writer closes',
    'response appended',
    'response durable',
  ]);
});

test('a read overlaps with its intent, and its result is withheld until that is durable', async () => {
  const { call, probe, audit } = await lab();
  const held = audit.hold('request');
  let answered = false;
  const answer = call('probe_read', A).then((given) => {
    answered = true;
    return given;
  });
  await vi.waitFor(() => expect(probe.trace).toContain('read runs'), { timeout: 15_000 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(answered).toBe(false);
  expect(audit.responses()).toEqual([]);
  held.go();
  expect(await answer).toMatchObject({ outcome: 'ok', structured: { answer: 42 } });
});

test('a write whose intent never becomes durable opens nothing', async () => {
  const { call, probe, audit } = await lab();
  audit.hold('request');
  void call('probe_write', A);
  await vi.waitFor(() => expect(probe.trace).toContain('request appended'), { timeout: 15_000 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(probe.trace).toEqual(['request appended']);
});

test.each([
  ['a known error', () => Promise.reject(new ToolError('conflict', 'no'))],
  ['junk', () => Promise.reject(undefined)],
])('a capture that fails with %s leaves the write unrun and the session closed', async (_name, capture) => {
  const { call, probe, changes } = await lab();
  probe.does.capture = capture;
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'error' });
  expect(probe.trace).not.toContain('write runs');
  expect(probe.trace).toContain('writer closes');
  expect(changes.version()).toBe(0);
});

test('a before-image that JSON cannot hold leaves the write unrun', async () => {
  const { call, probe } = await lab();
  probe.does.capture = async () => ({ huge: 1n }) as never;
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'error', error: { code: 'internal' } });
  expect(probe.trace).not.toContain('write runs');
});

test('the state after a write is durable beside its before-image, and the version counts writes', async () => {
  const { call, probe, changes } = await lab();
  probe.does.write = async (_args, _signal, recordAfter) => {
    await recordAfter({ is: 2 });
    return { written: true };
  };
  await call('probe_write', { ...A, text: 'x' });
  expect(changes.version()).toBe(1);
  const { change, after } = await changes.read(1);
  expect(change).toMatchObject({
    tool: 'probe_write',
    target: 'store/a',
    args: { text: 'x' },
    before: { was: 1 },
  });
  expect(after).toEqual({ is: 2 });
});

test('only a declared field is substituted; the tool gets the value, the audit the words', async () => {
  const { call, probe, audit } = await lab();
  const got: unknown[] = [];
  probe.does.read = async (args) => {
    got.push(args);
    return { echoed: args };
  };
  const args = { dsn: 'x://{host}/{password}', note: '{password} at {host}' };
  const answer = await call('probe_template', { ...A, ...args });
  expect(got).toEqual([{ dsn: 'x://db.test/correct-horse/"battery"', note: '{password} at {host}' }]);
  expect(answer.text).not.toContain('horse');
  expect(answer.structured).toEqual({ echoed: { ...args, dsn: 'x://db.test/{password}' } });
  expect(audit.requests()[0]?.message.params).toEqual({
    name: 'probe_template',
    arguments: { ...args, target: 'store/a' },
  });
  expect(JSON.stringify(audit.records)).not.toContain('horse');
});

test('an approval shows and stores the words, never the substituted value, and the write gets the value', async () => {
  const { call, probe, approvals, audit, changes } = await lab();
  const got: unknown[] = [];
  probe.does.write = async (args) => {
    got.push(args);
    return {};
  };
  const args = { ...A, key: 'k', dsn: '{password}' };
  const { ask } = await call('probe_burn', args);
  expect(ask?.args).toEqual({ key: 'k', dsn: '{password}' });
  await approvals.decide(ask?.id ?? '', { decision: 'approved', by: 'me', reason: '' });
  expect(await call('probe_burn', args)).toMatchObject({ outcome: 'ok' });
  expect(got).toEqual([{ key: 'k', dsn: 'correct-horse/"battery"' }]);
  expect(JSON.stringify([await approvals.list(), audit.records, await changes.read(1)])).not.toContain(
    'horse',
  );
});
