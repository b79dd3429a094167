import { describe, expect, test } from 'vitest';
import { openVersionLab } from './lab.ts';

const WRITES = {
  MCP_WEB_WRITE_ACCESS: 'true',
  MCP_BOOKS_WRITE_ACCESS: 'true',
  MCP_VAULT_WRITE_ACCESS: 'true',
  MCP_STACK_WRITE_ACCESS: 'true',
};
type Lab = Awaited<ReturnType<typeof openVersionLab>>;

/** What a tool answered with; fails the test where it is an error. */
async function ask(
  lab: Lab,
  tool: string,
  args: Record<string, unknown>,
  as?: string,
): Promise<Record<string, unknown>> {
  const answer = await lab.stack.call(tool, args, as === undefined ? {} : { as });
  if (answer.isError) throw new Error(JSON.stringify(answer.content));
  return Object(answer.structuredContent);
}

/** Approves what waits. */
async function approve(lab: Lab): Promise<void> {
  const { approvals } = lab.stack.stackward;
  for (const { id } of await approvals.list())
    await approvals.decide(id, { decision: 'approved', by: 'ann', reason: '' });
}

describe('stack_rollback', () => {
  test('carries out the plan that a human approved', async () => {
    const lab = await openVersionLab({ env: WRITES });
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const { digest } = await ask(lab, 'stack_plan_rollback', { to: at });
    const asked = await lab.stack.call('stack_rollback', { to: at, digest });
    expect(JSON.stringify(asked.content)).toContain('stackward approve');
    expect(lab.state()).toEqual({ 'books/a': '1' });
    await approve(lab);
    expect(await ask(lab, 'stack_rollback', { to: at, digest })).toMatchObject({ at_target: true });
    expect(lab.state()).toEqual({});
  });

  test('stays what was approved though somebody takes a snapshot meanwhile', async () => {
    const lab = await openVersionLab({ env: WRITES });
    const at = lab.now();
    await lab.write('ledger_set', { target: 'books', key: 'a', value: '1' });
    const { digest } = await ask(lab, 'stack_plan_rollback', { to: at });
    await ask(lab, 'stack_snapshot', {}, 'clerk');
    expect(await ask(lab, 'stack_plan_rollback', { to: at })).toMatchObject({ digest });
  });
});
