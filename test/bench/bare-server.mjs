// The ungoverned server that Stackward is compared with: the same SDK, the same driver, nothing else.
// Usage: node bare-server.mjs [HTTP port]; without one it serves stdio. BARE_PG holds the connection as JSON.
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

let pool;
const poolOf = async () => {
  const { default: pg } = await import('pg');
  pool ??= new pg.Pool({ ...JSON.parse(process.env.BARE_PG), max: 8 });
  return pool;
};

const make = () => {
  const server = new McpServer({ name: 'bare', version: '1' });
  server.registerTool(
    'pg_query',
    { description: 'Run a query.', inputSchema: z.object({ sql: z.string() }) },
    async ({ sql }) => {
      const { rows } = await (await poolOf()).query(sql);
      return { content: [{ type: 'text', text: JSON.stringify({ rows }) }] };
    },
  );
  return server;
};

const port = process.argv[2];
if (port === undefined) serveStdio(make);
else createServer(toNodeHandler(createMcpHandler(make))).listen(Number(port), '127.0.0.1');
