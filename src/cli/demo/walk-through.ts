import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { cyan, dim, green, red, table } from '../print.ts';
import { showAudit } from './audit-step.ts';
import { DemoFailure, expect } from './failure.ts';
import type { Screen } from './incident.ts';
import type { Shop } from './shop.ts';

/** A real MCP client's session with a real `stackward serve` process, on screen. Throws DemoFailure. */
export async function walkThrough(shop: Shop, { say, heading }: Screen): Promise<void> {
  const session = await connect(shop);
  try {
    heading('1. The link drawn in shop.yaml');
    say(green(shop.removableLink.trim()));

    heading('2. is what an MCP client of the agent triage gets');
    const { tools } = await session.client.listTools();
    say(tools.map((tool) => tool.name).join(', '));
    expect(
      tools.some((tool) => tool.name === 'pg_query') && !tools.some((tool) => tool.name === 'pg_execute'),
      'pg_query, and no pg_execute',
    );

    heading('3. A query runs on the real database');
    const sql = 'select status, count(*), sum(total) from orders group by 1 order by 2 desc';
    showCall(say, 'pg_query', { sql });
    const rows = rowsOf(await call(session, 'pg_query', { sql }));
    say(
      table(
        rows.map((row) => row.map(String)),
        { indent: 3 },
      ),
    );
    expect(rows.length > 1, 'the orders by status');

    heading('4. A write is refused, whatever it is dressed as, and why');
    await refused(session, say, 'pg_query', {
      sql: 'with gone as (delete from orders returning *) select * from gone',
    });
    await refused(session, say, 'pg_execute', { sql: "update orders set status = 'paid' where id = 4" });
    const why = await call(session, 'stack_explain_access', {
      component: 'orders-db',
      operation: 'pg_execute',
    });
    expect(!why.isError, 'the reason why pg_execute is absent');
    for (const reason of reasonsOf(why)) say(dim(`   ${reason}`));

    heading('5. A secret stays {password}');
    showCall(say, 'pg_query', { sql: 'select * from settings' });
    const leaked = await call(session, 'pg_query', { sql: 'select * from settings' });
    say(
      table(
        rowsOf(leaked).map((row) => row.map(String)),
        { indent: 3 },
      ),
    );
    expect(!leaked.text.includes(shop.password) && leaked.text.includes('{password}'), 'the password masked');

    heading('6. Every call is in the audit, and the audit verifies');
    await showAudit(join(dirname(shop.topology), '.stackward', 'audit'), say, { limit: 4 });

    heading('7. The link is removed, and the tools are gone');
    say(red(`- ${shop.removableLink.trim()}`));
    await removeLink(shop, session);
    const after = (await session.client.listTools()).tools.map((tool) => tool.name);
    say(`tools/list_changed arrived; left: ${after.join(', ')}`);
    expect(!after.includes('pg_query'), 'pg_query gone');
    await refused(session, say, 'pg_query', { sql: 'select 1' });
  } finally {
    await session.client.close();
  }
}

interface Session {
  readonly client: Client;
  /** Resolves at the next `tools/list_changed`. */
  changed(): Promise<void>;
}

/** Starts `stackward serve` as a client would, over stdio. */
async function connect(shop: Shop): Promise<Session> {
  const waiting: (() => void)[] = [];
  const client = new Client(
    { name: 'stackward-demo', version: '1' },
    {
      listChanged: {
        tools: {
          autoRefresh: false,
          onChanged: () =>
            waiting.splice(0).forEach((go) => {
              go();
            }),
        },
      },
    },
  );
  const script = process.argv[1];
  if (!script) throw new DemoFailure('the demo does not know how this process was started');
  const args = [
    ...process.execArgv,
    script,
    'serve',
    '--topology',
    shop.topology,
    '--as',
    'triage',
    '--log-level',
    'error',
  ];
  const { PATH = '' } = process.env;
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, env: { PATH, ...shop.env } }),
  );
  return { client, changed: () => new Promise((resolve) => waiting.push(resolve)) };
}

interface Called {
  readonly isError: boolean;
  readonly text: string;
  readonly structured: Record<string, unknown>;
}

async function call({ client }: Session, name: string, args: Record<string, unknown>): Promise<Called> {
  const result = await client.callTool({ name, arguments: args });
  const [first] = result.content;
  return {
    isError: result.isError === true,
    text: first?.type === 'text' ? first.text : '',
    structured: isObject(result.structuredContent) ? result.structuredContent : {},
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

async function refused(
  session: Session,
  say: (line: string) => void,
  name: string,
  args: Record<string, unknown>,
): Promise<void> {
  showCall(say, name, args);
  const { isError, text } = await call(session, name, args);
  expect(isError, `${name} refused`);
  for (const line of text.split('\n').slice(0, 2)) say(`   ${red(line)}`);
}

const showCall = (say: (line: string) => void, name: string, args: Record<string, unknown>) =>
  say(`${cyan('>')} ${name} ${dim(JSON.stringify(args))}`);

function rowsOf({ structured }: Called): unknown[][] {
  const { rows } = structured;
  return Array.isArray(rows) ? rows.map((row) => (Array.isArray(row) ? row : Object.values(row))) : [];
}

/** The reasons of every operation that `stack_explain_access` explained. */
function reasonsOf({ structured }: Called): string[] {
  const { operations } = structured;
  if (!Array.isArray(operations)) return [];
  return operations.map((one) =>
    isObject(one) && Array.isArray(one.reasons) ? `${one.target}: ${one.reasons.join('; ')}` : '',
  );
}

async function removeLink(shop: Shop, session: Session): Promise<void> {
  const changed = session.changed();
  const text = await readFile(shop.topology, 'utf8');
  await writeFile(shop.topology, text.replace(shop.removableLink, ''));
  const late = new Promise<never>((_, reject) => {
    setTimeout(
      () => reject(new DemoFailure('tools/list_changed did not arrive within 10 s')),
      10_000,
    ).unref();
  });
  await Promise.race([changed, late]);
}
