import { describe, expect, test } from 'vitest';
import { openVersionLab } from './lab.ts';

type Lab = Awaited<ReturnType<typeof openVersionLab>>;
const ON = {
  MCP_STACK_WRITE_ACCESS: 'true',
  MCP_WEB_WRITE_ACCESS: 'true',
  MCP_BOOKS_WRITE_ACCESS: 'true',
  MCP_VAULT_WRITE_ACCESS: 'true',
};
const CLERK = { as: 'clerk' };

const approve = async (lab: Lab) => {
  const waiting = (await lab.stack.stackward.approvals.list()).find(({ state }) => state === 'waiting');
  await lab.stack.stackward.approvals.decide(waiting?.id ?? '', {
    decision: 'approved',
    by: 'test',
    reason: '',
  });
  return waiting;
};
const textOf = (result: Awaited<ReturnType<Lab['stack']['call']>>) =>
  result.content[0]?.type === 'text' ? result.content[0].text : '';

describe('the tools of versions', () => {
  test('list what happened, newest first, page by page', async () => {
    const lab = await openVersionLab();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    await lab.write('stack_snapshot', { note: 'before lunch' });
    const first = (await lab.stack.call('stack_versions', { limit: 2 })).structuredContent;
    expect(first).toMatchObject({
      versions: [
        { cause: 'snapshot', note: 'before lunch', outcome: 'ok' },
        {
          cause: 'write',
          tool: 'ledger_set',
          target: 'books',
          resources: ['entry a'],
          by: 'stack',
          seq: expect.any(Number),
        },
      ],
      truncated: true,
      hint: 'ask again with before 2',
    });
    const rest = (await lab.stack.call('stack_versions', { before: 2 })).structuredContent;
    expect(rest).toMatchObject({ versions: [{ number: 1, cause: 'topology' }], truncated: false });
  });

  test('show what differs, from a version to the stack as it is', async () => {
    const lab = await openVersionLab();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const at = lab.now();
    lab.ledger.entries.set('books/a', 'by hand');
    expect((await lab.stack.call('stack_diff', { from: at })).structuredContent).toMatchObject({
      resources: [
        { component: 'books', change: 'changed', fields: [{ field: 'value', from: '1', to: 'by hand' }] },
      ],
    });
    expect(textOf(await lab.stack.call('stack_diff', { from: 99 }))).toContain(
      'there is no version 99; kept are 1 to',
    );
  });

  test('an agent sees of writes beyond its links only that they were', async () => {
    const lab = await openVersionLab();
    await lab.write('ledger_set', { target: 'vault', key: 'hidden-key', value: 'hidden-value' });
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const listed = await lab.stack.call('stack_versions', {}, CLERK);
    const compared = await lab.stack.call('stack_diff', { from: 1, to: at }, CLERK);
    expect(JSON.stringify([listed, compared])).not.toMatch(/hidden|vault/);
    expect(listed.structuredContent).toMatchObject({
      versions: [{ target: 'books' }, { number: at, cause: 'write' }, { number: 1 }],
    });
    expect(textOf(await lab.stack.call('stack_plan_rollback', { to: 1 }, CLERK))).toContain(
      'no link of clerk reaches',
    );
    expect(
      textOf(await lab.stack.call('stack_plan_rollback', { to: 1, component: 'vault' }, CLERK)),
    ).toContain('not_linked');
    expect(
      (await lab.stack.call('stack_plan_rollback', { to: 1, component: 'books' }, CLERK)).structuredContent,
    ).toMatchObject({
      steps: [{ tool: 'ledger_set', target: 'books' }],
    });
  });

  test('a rollback is absent until its own flag is on', async () => {
    const lab = await openVersionLab();
    expect(lab.stack.tools()).not.toContain('stack_rollback');
    expect(lab.stack.tools()).toContain('stack_plan_rollback');
    const refused = await lab.stack.call('stack_rollback', { to: 1, digest: '0'.repeat(64) });
    expect(textOf(refused)).toContain('unknown_tool');
  });

  test('a rollback waits for a human, who approves the plan by its digest, and then is done in the caller’s name', async () => {
    const lab = await openVersionLab({ env: ON });
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const plan = (await lab.stack.call('stack_plan_rollback', { to: at, component: 'books' }, CLERK))
      .structuredContent as { digest: string };
    const args = { to: at, component: 'books', digest: plan.digest };
    expect(textOf(await lab.stack.call('stack_rollback', args, CLERK))).toContain('approval_required');
    expect(lab.state()).toEqual({ 'books/a': '1' });
    expect(await approve(lab)).toMatchObject({
      tool: 'stack_rollback',
      resources: [`books back to version ${at}, plan ${plan.digest.slice(0, 12)}`],
    });
    const done = await lab.stack.call('stack_rollback', args, CLERK);
    expect(done.structuredContent).toMatchObject({
      at_target: true,
      results: [{ result: 'restored', target: 'books' }],
    });
    expect(lab.state()).toEqual({});
    expect(await lab.history.versions.latest()).toMatchObject({ cause: 'revert', by: 'clerk' });
  });

  test('an approved plan that is no longer the same is refused', async () => {
    const lab = await openVersionLab({ env: ON });
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const plan = (await lab.stack.call('stack_plan_rollback', { to: at })).structuredContent as {
      digest: string;
    };
    const args = { to: at, digest: plan.digest };
    await lab.stack.call('stack_rollback', args);
    await approve(lab);
    await lab.write('ledger_set', { target: 'vault', key: 'b', value: '1' });
    expect(textOf(await lab.stack.call('stack_rollback', args))).toContain('plan it again');
    expect(lab.state()).toEqual({ 'books/a': '1', 'vault/b': '1' });
  });
});
