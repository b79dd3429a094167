import { afterEach, expect, test } from 'vitest';
import { STACK_PRINCIPAL } from '../../src/toolset/reach.ts';
import { entriesOf } from '../../src/versions/state-tree.ts';
import { verifyVersions } from '../../src/versions/verify.ts';
import { stateAfter } from '../../src/versions/version.ts';
import { TOPOLOGY } from '../versions/lab.ts';
import { openLedger } from '../versions/ledger-service.ts';
import { openReplicas } from './open-replicas.ts';

const env = { MCP_WEB_WRITE_ACCESS: 'true', MCP_BOOKS_WRITE_ACCESS: 'true', MCP_VAULT_WRITE_ACCESS: 'true' };
let at: Awaited<ReturnType<typeof openReplicas>>;
afterEach(() => at.close());

async function two() {
  const { ledger, services } = openLedger();
  at = await openReplicas(2, { topology: TOPOLOGY, services, env });
  const [a, b] = at.replicas;
  if (!a || !b) throw new Error('there are no two replicas');
  return { a, b, ledger };
}

const RUN = { principal: STACK_PRINCIPAL, by: 'tester', signal: new AbortController().signal };

test('versions of two replicas have numbers of their own, and no capture that came late is lost', async () => {
  const { a, b } = await two();
  const capture = (name: string, image: string) => new Map([[name, { configuration: { app: { image } } }]]);
  const { versions } = a.stackward.history;
  const change = (n: number) => ({
    cause: 'write' as const,
    call: `c${n}`,
    seq: n,
    principal: 'stack',
    tool: 't',
    target: 'books',
    resources: ['x'],
    args: null,
    before: null,
  });
  const begun = await Promise.all(
    Array.from({ length: 20 }, (_, n) => (n % 2 ? a : b).stackward.history.versions.begin(change(n))),
  );
  const numbers = begun.map(({ version }) => version);
  expect(new Set(numbers).size).toBe(20);
  // All of them end after all of them began, and in any order.
  await Promise.all(
    begun.reverse().map((one) => one.end('ok', capture(`c${one.version}`, `app:${one.version}`))),
  );
  const last = await b.stackward.history.versions.record({ cause: 'snapshot', by: 'test' });
  const next = await versions.record({ cause: 'snapshot', by: 'test' });
  for (const number of [last.number, next.number]) {
    const known = await entriesOf(versions.objects, stateAfter(await versions.files.read(number)));
    for (const one of numbers) expect([...known.keys()]).toContain(`c${one}`);
  }
  expect((await verifyVersions(versions)).damage).toEqual([]);
});

/** Two replicas, the plan of one for the way back over two writes, and something that its steps can be held up with. */
async function planned() {
  const { a, b, ledger } = await two();
  const set = (value: string) => a.call('ledger_set', { target: 'books', key: 'k', value });
  await set('1');
  const to = a.stackward.history.versions.version();
  await set('2');
  await set('3');
  const plan = await a.stackward.history.plan(STACK_PRINCIPAL, to);
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  return { a, b, ledger, to, plan, held, go: () => go() };
}

test('of two replicas that roll back at once one does, and the other names it', async () => {
  const { a, b, ledger, to, plan, held, go } = await planned();
  ledger.before = () => held;
  const first = a.stackward.history.rollbacks.begin({ to, digest: plan.digest }, RUN);
  await expect.poll(async () => b.stackward.history.rollbacks.unfinished()).toBeDefined();
  await expect(b.stackward.history.rollbacks.begin({ to, digest: plan.digest }, RUN)).rejects.toMatchObject({
    code: 'conflict',
    detail: expect.stringMatching(/the rollback to version \d+ of tester has run since/),
  });
  go();
  expect((await first).ended).toBeDefined();
  expect(ledger.entries.get('books/k')).toBe('1');
  expect(ledger.done.filter((what) => what.startsWith('revert'))).toHaveLength(2);
});

test('a replica that stood still past its lease has its next step refused, and another goes on', async () => {
  const { a, b, ledger, to, plan, held, go } = await planned();
  ledger.before = (what) => (what.startsWith('revert') ? held : undefined);
  const first = a.stackward.history.rollbacks.begin({ to, digest: plan.digest }, RUN);
  const stopped = expect(first).rejects.toMatchObject({ code: 'conflict' });
  await expect.poll(async () => b.stackward.history.rollbacks.unfinished()).toBeDefined();
  const journal = await b.stackward.history.rollbacks.unfinished();
  // What a pause of half a minute leaves: no sign of life for longer than the lease.
  await at.direct?.query(`update lease set beat = beat - interval '30 seconds'`);
  ledger.before = () => undefined;
  const second = b.stackward.history.rollbacks.resume(journal?.id ?? '', RUN);
  go();
  await stopped;
  expect((await second).ended).toBeDefined();
  expect(ledger.entries.get('books/k')).toBe('1');
});
