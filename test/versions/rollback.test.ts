import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ToolError } from '../../src/toolset/errors.ts';
import { reportOf } from '../../src/versions/report.ts';
import { openVersionLab, TOPOLOGY } from './lab.ts';

describe('rolling back', () => {
  test('puts every resource back to what it was at the version, and says so', async () => {
    const lab = await openVersionLab();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const at = lab.now();
    const then = lab.state();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '2' });
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '3' });
    await lab.write('ledger_set', { target: 'vault', key: 'b', value: 'x' });
    const report = await lab.rollBack(at);
    expect(lab.state()).toEqual(then);
    expect(report).toMatchObject({ at_target: true, next: [], topology: 'unchanged' });
    expect(report.results.map(({ result }) => result)).toEqual(['restored', 'restored', 'restored']);
    expect(report.verdict).toBe(`the stack is at version ${at}: everything came back and was read back`);
  });

  test('undoes who uses before what is used, and within a component the newest first', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    for (const [target, key] of [
      ['vault', 'v'],
      ['web', 'w1'],
      ['books', 'k'],
      ['web', 'w2'],
    ])
      await lab.write('ledger_set', { target, key, value: '1' });
    lab.ledger.done.length = 0;
    await lab.rollBack(at);
    expect(lab.ledger.done).toEqual([
      'revert set web/w2',
      'revert set web/w1',
      'revert set books/k',
      'revert set vault/v',
    ]);
  });

  test('one component alone leaves the others as they are', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    await lab.write('ledger_set', { target: 'vault', key: 'b', value: '1' });
    await lab.rollBack(at, 'books');
    expect(lab.state()).toEqual({ 'vault/b': '1' });
  });

  test('rolling back a rollback makes the writes again, and once more takes them back', async () => {
    const lab = await openVersionLab();
    const start = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    await lab.write('ledger_create', { target: 'vault', key: 'c' });
    const full = lab.now();
    const filled = lab.state();
    await lab.rollBack(start);
    expect(lab.state()).toEqual({});
    const empty = lab.now();
    await lab.rollBack(full);
    expect(lab.state()).toEqual(filled);
    await lab.rollBack(empty);
    expect(lab.state()).toEqual({});
    await lab.rollBack(start);
    expect(lab.state()).toEqual({});
  });

  test('a write and its taking back that both came later leave nothing to do', async () => {
    const lab = await openVersionLab();
    const start = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    await lab.rollBack(start);
    const plan = await lab.history.plan('stack', start);
    expect(plan.steps).toEqual([]);
  });

  test('what cannot be taken back is named with its reason, and the stack is not said to be there', async () => {
    const lab = await openVersionLab();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const at = lab.now();
    await lab.write('ledger_set', { target: 'vault', key: 'b', value: '1' });
    const burning = { target: 'books', key: 'a' };
    const asked = await lab.stack.call('ledger_burn', burning);
    expect(asked.isError).toBe(true);
    const [request] = await lab.stack.stackward.approvals.list();
    await lab.stack.stackward.approvals.decide(request?.id ?? '', {
      decision: 'approved',
      by: 'test',
      reason: '',
    });
    await lab.write('ledger_burn', burning);
    const report = await lab.rollBack(at);
    expect(report.at_target).toBe(false);
    expect(report.results).toMatchObject([
      { tool: 'ledger_set', result: 'restored' },
      {
        tool: 'ledger_burn',
        result: 'not_reversible',
        detail: 'ashes cannot be read',
        resources: ['entry a'],
      },
    ]);
    expect(report.verdict).toContain('is not at version');
  });

  test('what was made where nothing can be seen of it is taken back and called unverified', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_create', { target: 'books', key: 'n' });
    const report = await lab.rollBack(at);
    expect(lab.state()).toEqual({});
    expect(report).toMatchObject({ at_target: false, results: [{ result: 'restored_unverified' }] });
    expect(report.verdict).toContain('not proven');
  });

  test('what somebody changed outside is a conflict: it stays, the rest waits, and resuming goes on', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'vault', key: 'later', value: '1' });
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    lab.ledger.entries.set('books/a', 'theirs');
    const plan = await lab.history.plan('stack', at);
    expect(plan.drift).toMatchObject([
      { component: 'books', change: 'changed', fields: [{ field: 'value', from: '1', to: 'theirs' }] },
    ]);
    const report = await lab.rollBack(at);
    expect(lab.state()).toEqual({ 'books/a': 'theirs', 'vault/later': '1' });
    expect(report.results).toMatchObject([
      {
        target: 'books',
        result: 'failed',
        detail: expect.stringContaining('somebody changed books/a since'),
      },
      { target: 'vault', result: 'skipped' },
    ]);
    expect(report.next.join('\n')).toContain(`--resume ${report.id}`);
    lab.ledger.entries.set('books/a', '1');
    const resumed = await lab.history.rollbacks.resume(report.id, lab.run);
    expect(resumed.ended).toBeDefined();
    expect(lab.state()).toEqual({});
  });

  test('a step that fails stops those beside it too', async () => {
    const lab = await openVersionLab({
      topology: TOPOLOGY.replace(
        '  - {from: web, to: books, type: uses}\n',
        '  - {from: app, to: books, type: uses}\n',
      ),
    });
    const at = lab.now();
    await lab.write('ledger_set', { target: 'web', key: 'a', value: '1' });
    for (const key of ['b1', 'b2']) await lab.write('ledger_set', { target: 'books', key, value: '1' });
    let release = () => {};
    const failed = new Promise<void>((resolve) => {
      release = resolve;
    });
    lab.ledger.before = (what) => {
      if (what === 'revert set books/b2') return failed;
      if (what !== 'revert set web/a') return;
      throw new ToolError('backend_failed', 'not today');
    };
    const { digest } = await lab.history.plan('stack', at);
    const journal = await lab.history.rollbacks.begin(
      { to: at, digest },
      { ...lab.run, onStep: ({ result }) => result === 'failed' && release() },
    );
    const report = reportOf(journal);
    expect(report.results.map(({ result }) => result).sort()).toEqual(['failed', 'restored', 'skipped']);
    expect(Object.keys(lab.state())).toEqual(['books/b1', 'web/a']);
  });

  test('a stopped rollback bars the next one until it is resumed or given up', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    lab.ledger.entries.set('books/a', 'theirs');
    const { id } = await lab.rollBack(at);
    await expect(lab.rollBack(at)).rejects.toThrow(`${id} to version ${at} stopped half-way`);
    await lab.history.rollbacks.abandon(id);
    await expect(lab.history.rollbacks.resume(id, lab.run)).rejects.toThrow('is over');
    await lab.rollBack(at);
  });

  test('a plan that is no longer the one that was seen is not carried out', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const { digest } = await lab.history.plan('stack', at);
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '2' });
    await expect(lab.history.rollbacks.begin({ to: at, digest }, lab.run)).rejects.toThrow('plan it again');
    expect(lab.state()).toEqual({ 'books/a': '2' });
  });

  test('two at once: one runs, the other is told who holds the place and since when', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const { digest } = await lab.history.plan('stack', at);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    lab.ledger.before = (what) => (what.startsWith('revert') ? held : undefined);
    const first = lab.history.rollbacks.begin({ to: at, digest }, lab.run);
    await expect.poll(() => lab.history.rollbacks.unfinished()).toBeDefined();
    await expect(lab.history.rollbacks.begin({ to: at, digest }, lab.run)).rejects.toThrow(
      /of tester has run since \d{4}-/,
    );
    release();
    await first;
    expect(lab.ledger.done.filter((what) => what.startsWith('revert'))).toHaveLength(1);
  });

  test('a flag that is off stands in the way before anything is changed', async () => {
    const env = { MCP_WEB_WRITE_ACCESS: 'true', MCP_BOOKS_WRITE_ACCESS: 'true' };
    const lab = await openVersionLab({ env });
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    env.MCP_BOOKS_WRITE_ACCESS = 'false';
    lab.stack.stackward.catalogs.swap(lab.stack.stackward.catalogs.graph());
    const plan = await lab.history.plan('stack', at);
    expect(plan.obstacles).toEqual([expect.stringContaining('does not have ledger_set on books')]);
    await expect(lab.rollBack(at)).rejects.toThrow('does not have ledger_set on books');
    expect(lab.state()).toEqual({ 'books/a': '1' });
  });

  test('a write that failed and changed nothing is not taken back', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    lab.ledger.before = () => {
      throw new ToolError('backend_failed', 'not today');
    };
    expect((await lab.stack.call('ledger_set', { target: 'books', key: 'a', value: '1' })).isError).toBe(
      true,
    );
    lab.ledger.before = () => {};
    expect((await lab.history.plan('stack', at)).steps).toEqual([]);
  });

  test('every step is a call of its own in the audit, under the gate', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const { id } = await lab.rollBack(at);
    const { auditRecords } = await import('../server/stackward.ts');
    await lab.stack.stackward.audit.close();
    const requests = (await auditRecords(lab.stack)).filter((one) => one.kind === 'request');
    const step = requests.find(
      (one) => one.kind === 'request' && JSON.stringify(one.message.params).includes(`"${id}"`),
    );
    expect(step).toMatchObject({ verdict: { passed: true }, message: { params: { name: 'ledger_set' } } });
  });
});

describe('the topology file', () => {
  test('is a version of its own at each edit, and comes back with its comments', async () => {
    const lab = await openVersionLab({ watch: true });
    const at = lab.now();
    const edited = TOPOLOGY.replace('  - {from: clerk, to: books, type: uses}\n', '').replace(
      '# the orders',
      '# nothing',
    );
    await writeFile(lab.stack.file, edited);
    await expect.poll(() => lab.now(), { timeout: 10_000 }).toBe(at + 1);
    expect(await lab.history.versions.latest()).toMatchObject({ cause: 'topology' });
    const report = await lab.rollBack(at);
    expect(report).toMatchObject({ at_target: true, topology: 'restored' });
    expect(await readFile(lab.stack.file, 'utf8')).toBe(TOPOLOGY);
    expect(lab.stack.tools('clerk')).toContain('ledger_set');
  });

  test('with an edit that is not in force is left alone, and the rest comes back', async () => {
    const lab = await openVersionLab();
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const graph = lab.stack.stackward.catalogs.graph();
    const { loadTopology } = await import('../../src/topology/load.ts');
    const { openLedger } = await import('./ledger-service.ts');
    const text = `${TOPOLOGY}# more\n`;
    const loaded = loadTopology({ text, file: graph.file, types: openLedger().services });
    if (loaded.graph) lab.stack.stackward.catalogs.swap(loaded.graph);
    await writeFile(lab.stack.file, 'stack: broken\n');
    const report = await lab.rollBack(at);
    expect(lab.state()).toEqual({});
    expect(report).toMatchObject({
      at_target: false,
      topology: 'failed',
      topology_detail: expect.stringContaining('holds an edit that is not in force'),
    });
    expect(await readFile(lab.stack.file, 'utf8')).toBe('stack: broken\n');
  });
});
