import type { AuditLog } from './audit-log.ts';
import type { RequestRecord } from './record.ts';

const made = new WeakSet<object>();
declare const brand: unique symbol;

/** Proof that a call's request record is durable. Only `recordIntent` leads to one. */
export interface DurableIntent {
  readonly [brand]: 'DurableIntent';
  readonly call: string;
  readonly seq: number;
}

/** A request record on its way to the disk. A read may run meanwhile; a write may not. */
export interface PendingIntent {
  readonly call: string;
  readonly seq: number;
  readonly durable: Promise<DurableIntent>;
}

/** Records that a call is about to happen. Throws, or rejects `durable`, with ToolError('audit_unavailable'). */
export function recordIntent(log: AuditLog, record: RequestRecord): PendingIntent {
  const { seq, durable } = log.append(record);
  const intent = Object.freeze({ call: record.call, seq });
  const pending = {
    call: record.call,
    seq,
    durable: durable.then(() => {
      made.add(intent);
      return intent as DurableIntent;
    }),
  };
  // A read that fails first never awaits this; its refusal is reported by the log's status all the same.
  pending.durable.catch(() => {});
  return pending;
}

/** Throws unless `recordIntent` made this very object: a cast can forge the type, not this. */
export function assertDurable(intent: DurableIntent): void {
  if (!made.has(intent)) throw new TypeError('not a durable intent: only recordIntent() makes one');
}
