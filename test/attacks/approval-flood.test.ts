import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openApprovals } from '../../src/gate/approvals.ts';

const dir = mkdtempSync(join(tmpdir(), 'stackward-flood-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const HOUR = 60 * 60_000;
const SHOWN = { args: {}, why: 'it burns', resources: ['row k'], wayBack: 'none' };
const bound = (n: number) => ({ principal: 'p', tool: 't', target: 'x', args: { n }, topology: 'f' });
const files = () => readdirSync(join(dir, 'approvals')).length;

test('a client that refuses its own questions cannot ask without end, nor fill the folder', () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const approvals = openApprovals({ dir, now: () => now });
  const askAndRefuse = (n: number) => {
    const { id } = approvals.request(bound(n), SHOWN);
    approvals.decide(id, { decision: 'refused', by: 'itself', reason: '' });
  };
  expect(() => {
    for (let n = 0; n < 150; n++) askAndRefuse(n);
  }).toThrow(/refused just now/);
  expect(files()).toBeLessThanOrEqual(200);
  // What is long over goes while the server runs, not only when it starts.
  now += 2 * HOUR;
  askAndRefuse(1000);
  expect(files()).toBe(2);
});
