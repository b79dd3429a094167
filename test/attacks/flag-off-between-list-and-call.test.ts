import { expect, test } from 'vitest';
import { openGate } from '../../src/gate/gate.ts';
import { openQuota } from '../../src/store/quota.ts';
import { flagsFrom } from '../../src/toolset/flags.ts';
import { gateOn } from '../harness/gate-files.ts';
import { attackLab } from './fixtures/lab.ts';

/** The flaw: the list was made while the flag was on, and the call trusts the list. */
test('the gate asks the flag again, whatever the catalog says', async () => {
  const { catalogs, dir } = await attackLab();
  const env: Record<string, string> = { MCP_STORE_WRITE_ACCESS: 'true' };
  const gate = openGate({
    flags: flagsFrom(env),
    rate: openQuota({ limit: 10, windowMs: 1_000 }),
    ...gateOn(dir),
    shown: () => null,
    isInForce: async () => true,
    isBreakerClosed: () => true,
  });
  const catalog = catalogs.of('stack');
  const entry = catalog.tools.get('probe_write');
  const at = entry?.targets.get('store/a');
  if (entry?.tool.access !== 'write' || !at) throw new Error('the list has no such write');
  const scope = { resources: ['row k'], atMost: 1 };
  const { tool, service } = entry;
  const decide = async () =>
    (await gate.decide({ callId: 'c', catalog, tool, service, at, args: {}, scope })).kind;
  expect(await decide()).toBe('granted');
  for (const value of ['false', '', 'True', '1']) {
    env.MCP_STORE_WRITE_ACCESS = value;
    expect(await decide()).toBe('refused');
  }
  env.MCP_STORE_WRITE_ACCESS = 'true';
  env.MCP_STORE__A_WRITE_ACCESS = 'false';
  expect(await decide()).toBe('refused');
});
