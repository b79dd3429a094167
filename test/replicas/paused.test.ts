import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { STACK_PRINCIPAL } from '../../src/toolset/reach.ts';
import { TOPOLOGY } from '../versions/lab.ts';
import { openLedger } from '../versions/ledger-service.ts';
import { openReplicas } from './open-replicas.ts';

let at: Awaited<ReturnType<typeof openReplicas>>;
afterEach(() => at.close());

test('a process that is paused past its lease and resumed takes no further step', async () => {
  const { services } = openLedger();
  const env = {
    MCP_WEB_WRITE_ACCESS: 'true',
    MCP_BOOKS_WRITE_ACCESS: 'true',
    MCP_VAULT_WRITE_ACCESS: 'true',
  };
  at = await openReplicas(1, { topology: TOPOLOGY, services, env });
  const [a] = at.replicas;
  const set = (value: string) => a?.call('ledger_set', { target: 'books', key: 'k', value });
  await set('1');
  const to = a?.stackward.history.versions.version() ?? 0;
  for (const value of ['2', '3', '4']) await set(value);
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      fileURLToPath(new URL('rollback-child.ts', import.meta.url)),
      ...[at.file, `${at.folder}/child`, `${to}`],
    ],
    { env: { ...process.env, ...at.env }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  try {
    expect((await lines.next()).value).toBe('step');
    child.kill('SIGSTOP');
    // Half a minute passes for the database, which is all that the lease is held to.
    await at.direct?.query(`update lease set beat = beat - interval '30 seconds'`);
    const waiting = await a?.stackward.history.rollbacks.unfinished();
    const run = { principal: STACK_PRINCIPAL, by: 'ann', signal: new AbortController().signal };
    expect(await a?.stackward.history.rollbacks.resume(waiting?.id ?? '', run)).toHaveProperty('ended');
    child.kill('SIGCONT');
    const told: string[] = [];
    for (let next = await lines.next(); !next.done; next = await lines.next()) told.push(next.value);
    const { end, done } = JSON.parse(told.at(-1) ?? '{}');
    expect(end).toBe('conflict');
    // At most the step that it was in when it was paused: whether that had left cannot be taken back.
    expect(done.length).toBeLessThanOrEqual(1);
    expect(told.filter((line) => line === 'step')).toEqual([]);
  } finally {
    child.kill('SIGKILL');
  }
}, 90_000);
