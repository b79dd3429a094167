import { hash } from 'node:crypto';
import type { CheckpointRecord, NewRecord, StoredRecord } from './record.ts';

/** `prev` of a chain's first record. */
export const GENESIS = '0'.repeat(64);
const HEX_64 = /^[0-9a-f]{64}$/;
const KINDS: readonly unknown[] = ['request', 'response', 'event', 'checkpoint'];

/** SHA-256 (hex) of a line without its newline: the `prev` of the record after it. */
export const hashLine = (line: Uint8Array | string) => hash('sha256', line, 'hex');

/** One record as bytes of the log, newline included, and the hash that the next record carries. */
export interface Line {
  readonly bytes: Buffer;
  readonly hash: string;
}

/** Serialises a record. `seq`, `time`, `prev`, `kind` and `call` come first, in this order. */
export function makeLine(seq: number, prev: string, record: NewRecord | CheckpointRecord): Line {
  const head = `{"seq":${seq},"time":"${new Date().toISOString()}","prev":"${prev}",`;
  const text = head + JSON.stringify(kindFirst(record)).slice(1);
  return { bytes: Buffer.from(`${text}\n`), hash: hashLine(text) };
}

/** Records are made in this order already, mostly, and a copy of each would cost as much as its text. */
function kindFirst(record: NewRecord | CheckpointRecord): object {
  const [first, second] = Object.keys(record);
  if (first === 'kind' && (second === 'call' || !('call' in record))) return record;
  const { kind, ...rest } = record;
  if (!('call' in rest)) return { kind, ...rest };
  const { call, ...others } = rest;
  return { kind, call, ...others };
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
