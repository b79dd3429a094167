import { onTestFinished } from 'vitest';
import { STACK_PRINCIPAL } from '../../src/toolset/reach.ts';
import { reportOf } from '../../src/versions/report.ts';
import type { RollbackOptions } from '../../src/versions/rollback.ts';
import { openStack } from '../harness/stack.ts';
import { openLedger } from './ledger-service.ts';

/** A chain of components, `web` uses `books` uses `vault`; an agent reaches `books` alone. */
export const TOPOLOGY = `stack: shop
# who keeps what
components:
  web: {type: ledger}
  books: {type: ledger}   # the orders
  vault: {type: ledger}
  app: {type: application}
  clerk: {type: agent}
links:
  - {from: app, to: web, type: uses}
  - {from: web, to: books, type: uses}
  - {from: books, to: vault, type: uses}
  - {from: clerk, to: books, type: uses}
`;

const WRITES = {
  MCP_WEB_WRITE_ACCESS: 'true',
  MCP_BOOKS_WRITE_ACCESS: 'true',
  MCP_VAULT_WRITE_ACCESS: 'true',
};

/** A stack over ledgers, with writes open, until the test ends. */
export async function openVersionLab(
  options: { env?: Record<string, string>; watch?: boolean; topology?: string } = {},
) {
  const { ledger, services } = openLedger();
  const stack = await openStack({
    topology: options.topology ?? TOPOLOGY,
    env: options.env ?? WRITES,
    services,
    watch: options.watch ?? false,
  });
  onTestFinished(() => stack.close());
  const { history } = stack.stackward;
  const run: RollbackOptions = {
    principal: STACK_PRINCIPAL,
    by: 'tester',
    signal: new AbortController().signal,
  };
  return {
    ledger,
    stack,
    history,
    run,
    /** Calls a tool and fails the test when it does not succeed. */
    async write(tool: string, args: Record<string, unknown>) {
      const answer = await stack.call(tool, args);
      if (answer.isError) throw new Error(JSON.stringify(answer.content));
    },
    /** Plans a rollback and carries it out. */
    async rollBack(to: number, component?: string) {
      const how = component === undefined ? {} : { component };
      const plan = await history.plan(STACK_PRINCIPAL, to, how);
      const seen = { to, digest: plan.digest, ...how };
      return reportOf(await history.rollbacks.begin(seen, run));
    },
    /** Number of the latest version. */
    now: () => history.versions.version(),
    /** The entries, as plain text in the order of their names. */
    state: () => Object.fromEntries([...ledger.entries].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
