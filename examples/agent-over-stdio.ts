/**
 * A small agent process: it starts `stackward serve` as the agent `triage`, finds orders that are stuck, tries to mend
 * one, and reads from the refusal who could let it.
 *
 *   npx tsx examples/agent-over-stdio.ts                  against a database that it starts itself
 *   npx tsx examples/agent-over-stdio.ts topology.yaml    against the orders-db of your topology
 */
import { fileURLToPath } from 'node:url';
import { type CallToolResult, Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { openShop } from '../src/cli/demo/shop.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

async function main(given: string | undefined): Promise<void> {
  const shop = given === undefined ? await openShop() : undefined;
  const client = new Client({ name: 'example-agent', version: '1.0.0' });
  const topology = given ?? shop?.topology ?? '';
  try {
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: ['--import', 'tsx', MAIN, 'serve', '--topology', topology, '--as', 'triage'],
        env: { ...environment(), ...shop?.env },
      }),
    );
    await lookIntoStuckOrders(client);
  } finally {
    await client.close();
    await shop?.stop();
  }
}

async function lookIntoStuckOrders(client: Client): Promise<void> {
  const { tools } = await client.listTools();
  say(`tools: ${tools.map(({ name }) => name).join(', ')}`);

  const target = 'orders-db/orders';
  const sql = 'select id, customer_id from orders where status = $1 order by id limit 3';
  const found = await client.callTool({ name: 'pg_query', arguments: { target, sql, params: ['stuck'] } });
  say(`stuck orders: ${textOf(found)}`);

  const change = "update orders set status = 'paid' where id = 4";
  const mended = await client.callTool({ name: 'pg_execute', arguments: { target, sql: change } });
  // Every end of a call is a result: the code is for programs, the text says what would be accepted.
  if (mended.isError) say(`the write was refused: ${JSON.stringify(mended._meta?.['stackward.dev/error'])}`);
  say(textOf(mended));

  const question = { component: 'orders-db', operation: 'pg_execute' };
  say(textOf(await client.callTool({ name: 'stack_explain_access', arguments: question })));
}

const textOf = ({ content: [first] }: CallToolResult): string => (first?.type === 'text' ? first.text : '');

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** The server reads the credentials that the topology names from its environment, so it gets this process's. */
const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

await main(process.argv[2]);
