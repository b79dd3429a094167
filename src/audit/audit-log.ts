import type { NewRecord } from './record.ts';

/** Where one record is on its way to the disk. */
export interface Appended {
  readonly seq: number;
  /** Resolves once the operating system has the bytes: they survive the end of this process, not of the machine. */
  readonly written: Promise<void>;
  /** Resolves after the fdatasync that covers the record; rejects with ToolError('audit_unavailable'). */
  readonly durable: Promise<void>;
}

/** A disk, and the free bytes of it below which nothing new is recorded; 0 keeps none. */
export interface AuditDisk {
  readonly folder: string;
  readonly reserveBytes: number;
}

export interface AuditStatus {
  /** False once a write or a flush failed, or the disk reserve is used up; the pipeline then refuses every call. */
  readonly writable: boolean;
  readonly reason?: string;
  readonly lastSeq: number;
  /** Age of the oldest record that is not durable yet, in milliseconds. */
  readonly lagMs: number;
  readonly chain: string;
  /** The disk that it lies on; absent where it lies on none of this machine's. */
  readonly disk?: AuditDisk;
}

/** An open chain of audit records. One process writes one chain; `openAuditLog` in log.ts opens it. */
export interface AuditLog {
  /** Throws ToolError('audit_unavailable') when nothing more can be recorded. */
  append(record: NewRecord): Appended;
  status(): AuditStatus;
  /** Flushes, signs a checkpoint and releases the chain. */
  close(): Promise<void>;
}
