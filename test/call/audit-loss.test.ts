import { afterEach, expect, test } from 'vitest';
import { ToolError } from '../../src/toolset/errors.ts';
import { type Lab, openLab } from './lab.ts';

const labs: Lab[] = [];
const lab = async () => {
  const made = await openLab();
  labs.push(made);
  return made;
};
afterEach(() => Promise.all(labs.splice(0).map((one) => one.close())));

const A = { target: 'store/a' };
const LOST = { outcome: 'denied', error: { code: 'audit_unavailable' } };

test.each(['probe_read', 'probe_write', 'probe_nothing', 'stack_components'])(
  '%s is refused while the audit is away, and nothing runs',
  async (tool) => {
    const { call, audit, probe, counted } = await lab();
    audit.goAway();
    expect(await call(tool, A)).toMatchObject(LOST);
    expect(probe.trace).toEqual([]);
    expect(counted).toHaveLength(1);
  },
);

test.each([
  ['probe_read', 'append'],
  ['probe_write', 'append'],
  ['probe_write', 'durable'],
  ['probe_nothing', 'append'],
  ['probe_nothing', 'durable'],
] as const)('%s whose intent fails at %s runs nothing', async (tool, fault) => {
  const { call, audit, probe, counted } = await lab();
  audit.breakAt('request', fault);
  expect(await call(tool, A)).toMatchObject(LOST);
  expect(probe.trace.filter((event) => /opens|runs/.test(event))).toEqual([]);
  expect(counted).toHaveLength(1);
});

test('a read whose intent turns out not durable shows nothing of its result', async () => {
  const { call, audit, probe } = await lab();
  audit.breakAt('request', 'durable');
  const answer = await call('probe_read', A);
  expect(answer).toMatchObject(LOST);
  expect(answer.structured).toBeUndefined();
  // The call's id is random, and may hold any digits.
  expect(answer.text.replace(answer.callId, '')).not.toContain('42');
  expect(probe.trace).toContain('read runs');
});

test.each(['append', 'written'] as const)(
  'a read whose end fails at %s shows nothing of its result',
  async (fault) => {
    const { call, audit, counted } = await lab();
    audit.breakAt('response', fault);
    const answer = await call('probe_read', A);
    expect(answer).toMatchObject(LOST);
    // The call's id is random, and may hold any digits.
    expect(answer.text.replace(answer.callId, '')).not.toContain('42');
    expect(counted).toHaveLength(1);
  },
);

test.each(['append', 'written', 'durable'] as const)(
  'a done write whose end fails at %s is told as unknown, never as refused',
  async (fault) => {
    const { call, audit, probe, counted } = await lab();
    audit.breakAt('response', fault);
    expect(await call('probe_write', A)).toMatchObject({
      outcome: 'outcome_unknown',
      error: { code: 'outcome_unknown' },
    });
    expect(probe.trace).toContain('write runs');
    expect(counted).toHaveLength(1);
  },
);

test.each(['append', 'written'] as const)(
  'a write that may have happened stays unknown when its end fails at %s',
  async (fault) => {
    const { call, audit, probe } = await lab();
    probe.does.write = () => Promise.reject(new Error('socket hang up'));
    audit.breakAt('response', fault);
    expect(await call('probe_write', A)).toMatchObject({ outcome: 'outcome_unknown' });
  },
);

test('a write that knows it did nothing may be told as refused when its end cannot be recorded', async () => {
  const { call, audit, probe } = await lab();
  probe.does.write = () => Promise.reject(new ToolError('conflict', 'changed meanwhile'));
  audit.breakAt('response', 'append');
  expect(await call('probe_write', A)).toMatchObject(LOST);
});

test.each(['append', 'durable'] as const)(
  'an approval that was spent when the intent fails at %s runs nothing, and nothing again',
  async (fault) => {
    const { call, audit, probe, approvals } = await lab();
    const args = { ...A, key: 'k' };
    const { ask } = await call('probe_burn', args);
    await approvals.decide(ask?.id ?? '', { decision: 'approved', by: 'me', reason: '' });
    audit.breakAt('request', fault);
    expect(await call('probe_burn', args)).toMatchObject(LOST);
    expect(probe.trace).not.toContain('burn runs');
    expect(probe.trace).not.toContain('writer opens');
    expect((await approvals.list()).map(({ state }) => state)).toEqual(['used']);
  },
);
