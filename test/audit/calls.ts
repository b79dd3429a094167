import type { RequestRecord, ResponseRecord } from '../../src/audit/record.ts';

const common = { principal: 'triage', topology: 'ab'.repeat(32), version: 3 };

/** The request record of a query. */
export const requestOf = (call: string, sql = 'SELECT 1'): RequestRecord => ({
  kind: 'request',
  call,
  ...common,
  message: {
    jsonrpc: '2.0',
    id: call,
    method: 'tools/call',
    params: { name: 'pg_query', arguments: { target: 'orders-db/orders', sql } },
  },
});

/** The response record that ends it well. */
export const responseOf = (call: string): ResponseRecord => ({
  kind: 'response',
  call,
  ...common,
  outcome: 'ok',
  duration_ms: 4,
  message: { jsonrpc: '2.0', id: call, result: { rows: [] } },
});
