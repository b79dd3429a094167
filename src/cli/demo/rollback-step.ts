import { randomUUID } from 'node:crypto';
import { STACK_PRINCIPAL } from '../../toolset/reach.ts';
import type { RollbackReport } from '../../toolset/versions-view.ts';
import { reportOf } from '../../versions/report.ts';
import { cyan, dim, green } from '../print.ts';
import { expect } from './failure.ts';
import type { Screen } from './incident.ts';
import type { IncidentStack } from './incident-stack.ts';

const LOOK = 'select id, status from orders where id = 4';
const WRITE = "update orders set status = 'lost' where id = 4";

/** A write to the real database, the version that it made, and the way back. Throws DemoFailure. */
export async function showRollback(
  { stackward }: IncidentStack,
  { say, heading }: Screen,
): Promise<RollbackReport> {
  heading('8. A write becomes a version, and is rolled back');
  const ask = async (toolName: string, sql: string) => {
    say(`${cyan('>')} ${toolName} ${dim(JSON.stringify({ sql }))}`);
    const args = { target: 'orders-db/orders', sql };
    const { structured, error } = await stackward.call({
      principal: STACK_PRINCIPAL,
      id: randomUUID(),
      toolName,
      args,
      signal: new AbortController().signal,
    });
    expect(!error, `${toolName} done`);
    return structured ?? {};
  };
  const { history } = stackward;
  const statusNow = async () => {
    const { rows } = await ask('pg_query', LOOK);
    const status = JSON.stringify(rows);
    say(`   ${status}`);
    return status;
  };
  const before = await statusNow();
  const { number } = (await history.versions.latest()) ?? { number: 0 };
  await ask('pg_execute', WRITE);
  expect((await statusNow()) !== before, 'the order changed');
  say(`   version ${number} -> ${history.versions.version()}; the before-image of the row is kept`);
  const plan = await history.plan(STACK_PRINCIPAL, number, { component: 'orders-db' });
  for (const { of, tool, target, resources } of plan.steps)
    say(`   plan: take back version ${of}, ${tool} on ${target} ${dim(resources.join(', '))}`);
  const journal = await history.rollbacks.begin(
    { to: number, component: 'orders-db', digest: plan.digest },
    { principal: STACK_PRINCIPAL, by: 'demo', signal: new AbortController().signal },
  );
  const report = reportOf(journal);
  say(green(`   ${report.verdict}`));
  expect(report.at_target, 'the write rolled back and read back');
  expect((await statusNow()) === before, 'the order as it was');
  return report;
}
