import { hash } from 'node:crypto';
import type { CheckpointRecord, NewRecord, StoredRecord } from './record.ts';

/** `prev` of a chain's first record. */
export const GENESIS = '0'.repeat(64);
const HEX_64 = /^[0-9a-f]{64}$/;
const KINDS: readonly unknown[] = ['request', 'response', 'event', 'checkpoint'];

/** SHA-256 (hex) of a line without its newline: the `prev` of the record after it. */
export const hashLine = (line: Uint8Array) => hash('sha256', line, 'hex');

/** One record as bytes of the log, newline included, and the hash that the next record carries. */
export interface Line {
  readonly bytes: Buffer;
  readonly hash: string;
}

/** Serialises a record. `seq`, `time`, `prev`, `kind` and `call` come first, in this order. */
export function makeLine(seq: number, prev: string, record: NewRecord | CheckpointRecord): Line {
  const head = `{"seq":${seq},"time":"${new Date().toISOString()}","prev":"${prev}","kind":"${record.kind}",`;
  const text = 'call' in record ? withCall(head, record) : head + fieldsAfterKind(record);
  const bytes = Buffer.from(`${text}\n`);
  return { bytes, hash: hashLine(bytes.subarray(0, -1)) };
}

function withCall(head: string, record: Extract<NewRecord, { call: string }>): string {
  const { kind: _kind, call, ...rest } = record;
  return `${head}"call":${JSON.stringify(call)},${JSON.stringify(rest).slice(1)}`;
}

function fieldsAfterKind(record: object & { readonly kind: string }): string {
  const { kind: _kind, ...rest } = record;
  return JSON.stringify(rest).slice(1);
}

/** Parses one line; undefined when it is not JSON or lacks what the chain needs of a record. */
export function parseLine(line: Buffer): StoredRecord | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return isStoredRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStoredRecord(value: unknown): value is StoredRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, time, prev, kind, call, event, head, key, signature } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(seq) || typeof time !== 'string' || !KINDS.includes(kind)) return false;
  if (typeof prev !== 'string' || !HEX_64.test(prev)) return false;
  if (kind === 'event') return typeof event === 'string';
  if (kind === 'checkpoint') return [head, key, signature].every((field) => typeof field === 'string');
  return typeof call === 'string';
}
