import { expect, test } from 'vitest';
import { A, attackLab } from './fixtures/lab.ts';

/** The flaw: a full disk silences the audit, and the calls go on unseen. */
test('while the audit cannot be written, no call reaches the backend', async () => {
  const { call, audit, reached } = await attackLab();
  audit.goAway();
  for (const tool of ['probe_read', 'probe_list', 'probe_write', 'stack_components'])
    expect(await call(tool, A)).toMatchObject({ outcome: 'denied', error: { code: 'audit_unavailable' } });
  expect(reached()).toEqual([]);
});

test('an audit lost in the middle of a write stops it before its effect, or says that its outcome is unknown', async () => {
  for (const fault of ['append', 'durable'] as const) {
    const { call, audit, reached } = await attackLab();
    audit.breakAt('request', fault);
    await call('probe_write', A);
    expect(reached()).toEqual([]);
  }
  const { call, audit } = await attackLab();
  audit.breakAt('response', 'durable');
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'outcome_unknown' });
});
