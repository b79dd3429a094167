import type { AuditLog } from '../../src/audit/audit-log.ts';
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

/** Records calls one after the other until the process is killed, and says each record that is durable. */
export async function callForEver(log: AuditLog, caller: number, say: (line: string) => void): Promise<void> {
  for (let index = 0; ; index += 1) {
    const call = `${process.pid}-${caller}-${index}`;
    for (const record of [requestOf(call), responseOf(call)]) {
      const { seq, durable } = log.append(record);
      await durable;
      say(`${seq} ${record.kind} ${call}`);
    }
  }
}
