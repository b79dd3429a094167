import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';
import { openServed } from '../server/served.ts';
import { auditRecords, openFixtureStack } from '../server/stackward.ts';

const CALLS = 10_000;
/** As the fixture service declares. */
const RUNNING = 16;
const MIB = 1024 * 1024;

/** How many ends each call has in the audit. */
async function endsOf(dataDir: string): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  for (const record of await auditRecords({ dataDir })) {
    if (record.kind === 'request') ends.set(record.call, ends.get(record.call) ?? 0);
    if (record.kind === 'response') ends.set(record.call, (ends.get(record.call) ?? 0) + 1);
  }
  return ends;
}

test('10,000 calls at once are all answered, few run, and each has one end', {
  timeout: 120_000,
}, async () => {
  const fixture = await openFixtureStack();
  try {
    const before = process.memoryUsage().rss;
    const answers = await Promise.all(
      Array.from({ length: CALLS }, (_, at) =>
        fixture.call(at % 2 ? 'box_get' : 'box_put', {
          target: 'store/a',
          key: `k${at}`,
          ...(at % 2 ? {} : { value: 'v' }),
        }),
      ),
    );
    expect(answers).toHaveLength(CALLS);
    const codes = new Set(
      answers.map(({ _meta }) => (_meta?.['stackward.dev/error'] as { code: string } | undefined)?.code),
    );
    for (const code of codes) expect([undefined, 'too_busy', 'write_refused']).toContain(code);
    expect(fixture.box.peak).toBeLessThanOrEqual(RUNNING);
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * MIB);
    const ends = await endsOf(fixture.dataDir);
    expect(ends.size).toBe(CALLS);
    expect([...ends.values()].every((count) => count === 1)).toBe(true);
  } finally {
    await fixture.close();
  }
});

test('10,000 requests over HTTP at once are all answered, within the bounds', {
  timeout: 120_000,
}, async () => {
  const { url, fixture } = await openServed();
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
  const body = JSON.stringify({ select: 'components' });
  const post = () =>
    new Promise<number>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const outgoing = request(`${url}/metadata/q`, { method: 'POST', agent, headers }, (incoming) => {
        incoming.resume();
        incoming.on('end', () => resolve(incoming.statusCode ?? 0));
        incoming.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const statuses = await Promise.all(Array.from({ length: CALLS }, post));
  agent.destroy();
  expect(statuses).toHaveLength(CALLS);
  for (const status of new Set(statuses)) expect([200, 503]).toContain(status);
  const served = statuses.filter((status) => status === 200).length;
  expect(served).toBeGreaterThan(0);
  const ends = await endsOf(fixture.dataDir);
  expect(ends.size).toBe(served);
  expect([...ends.values()].every((count) => count === 1)).toBe(true);
});
