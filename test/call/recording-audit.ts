import type { Appended, AuditLog } from '../../src/audit/audit-log.ts';
import type { NewRecord, RequestRecord, ResponseRecord } from '../../src/audit/record.ts';
import { ToolError } from '../../src/toolset/errors.ts';

type Kind = NewRecord['kind'];
type Fault = 'append' | 'written' | 'durable';

/** An audit log in memory that notes what happened when, and fails or waits where a test says so. */
export interface RecordingAudit extends AuditLog {
  readonly records: NewRecord[];
  requests(): RequestRecord[];
  responses(): ResponseRecord[];
  /** Makes records of a kind fail from now on. */
  breakAt(kind: Kind, fault: Fault): void;
  /** As a log whose disk is gone tells it before anything is appended. */
  goAway(): void;
  /** Keeps records of a kind from becoming durable until `go` is called. */
  hold(kind: Kind): { go(): void };
}

export function openRecordingAudit(note: (event: string) => void): RecordingAudit {
  const records: NewRecord[] = [];
  const faults = new Map<Kind, Fault>();
  const holds = new Map<Kind, Promise<void>>();
  let isAway = false;
  const lost = () => new ToolError('audit_unavailable', 'the disk of the test is gone');
  const rejected = () => {
    const promise = Promise.reject(lost());
    promise.catch(() => {});
    return promise;
  };
  return {
    records,
    requests: () => records.filter((record) => record.kind === 'request'),
    responses: () => records.filter((record) => record.kind === 'response'),
    breakAt: (kind, fault) => faults.set(kind, fault),
    goAway: () => {
      isAway = true;
    },
    hold(kind) {
      let go = () => {};
      const held = new Promise<void>((resolve) => {
        go = resolve;
      });
      holds.set(kind, held);
      return { go };
    },
    append(record): Appended {
      const fault = faults.get(record.kind);
      if (fault === 'append' || isAway) throw lost();
      records.push(record);
      const seq = records.length;
      note(`${record.kind} appended`);
      if (fault === 'written') return { seq, written: rejected(), durable: rejected() };
      if (fault === 'durable') return { seq, written: Promise.resolve(), durable: rejected() };
      const durable = (async () => {
        await holds.get(record.kind);
        await new Promise(setImmediate);
        note(`${record.kind} durable`);
      })();
      return { seq, written: Promise.resolve(), durable };
    },
    status: () => ({
      writable: !isAway,
      ...(isAway ? { reason: 'the disk of the test is gone' } : {}),
      lastSeq: records.length,
      lagMs: 0,
      chain: 'test',
    }),
    close: async () => {},
  };
}
