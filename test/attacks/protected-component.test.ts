import { expect, test } from 'vitest';
import { TOPOLOGY } from '../call/lab.ts';
import { attackLab } from './fixtures/lab.ts';

const V = { target: 'vault/a' };

/** The flaw: a flag or a link opens what was drawn as protected. */
test('a protected component is read and never written, whatever flags and links say', async () => {
  const topology = TOPOLOGY.replace('links:\n', 'links:\n  - {from: helper, to: vault, type: uses}\n');
  const env = { MCP_VAULT_WRITE_ACCESS: 'true', MCP_VAULT__A_WRITE_ACCESS: 'true' };
  const { call, reached } = await attackLab({ topology, env });
  for (const as of ['stack', 'helper']) {
    expect(await call('probe_read', V, { as })).toMatchObject({ outcome: 'ok' });
    for (const tool of ['probe_write', 'probe_burn']) {
      const refused = await call(tool, { ...V, key: 'k' }, { as });
      expect(refused).toMatchObject({ outcome: 'denied', error: { code: 'not_linked' } });
      expect(refused.error?.detail).toContain('vault is protected: true');
    }
  }
  expect(reached()).toEqual(['reader opens', 'read runs', 'read runs']);
});
