import type { JsonValue } from '../toolset/define.ts';
import type { ErrorCode } from '../toolset/errors.ts';

/** How a call ended. Every request record is followed by exactly one response record with one of these. */
export const OUTCOMES = ['ok', 'error', 'denied', 'cancelled', 'outcome_unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One rule's answer about one write. */
export interface Check {
  readonly rule: string;
  readonly passed: boolean;
  readonly reason: string;
}

/** What the gate said, with every rule that it asked. */
export interface Verdict {
  readonly passed: boolean;
  readonly checks: readonly Check[];
  /** The reasons of the checks that did not pass. */
  readonly reasons: readonly string[];
}

/** The fields that every record has; the log adds sequence, time and chain. */
interface Common {
  /** Identifies the call; the request and the response of one call share it. */
  readonly call: string;
  readonly principal: string;
  /** SHA-256 of the topology that the call ran under. */
  readonly topology: string;
  /** Stack version that the call saw. */
  readonly version: number;
}

export interface RequestRecord extends Common {
  readonly kind: 'request';
  readonly message: {
    readonly jsonrpc: '2.0';
    readonly id: string | number;
    readonly method: string;
    readonly params: JsonValue;
  };
  /** Of a write, or of a call that was refused before it ran. */
  readonly verdict?: Verdict;
}

export interface ResponseRecord extends Common {
  readonly kind: 'response';
  readonly outcome: Outcome;
  /** From the request's arrival to its answer. */
  readonly duration_ms: number;
  readonly message:
    | { readonly jsonrpc: '2.0'; readonly id: string | number; readonly result: JsonValue }
    | {
        readonly jsonrpc: '2.0';
        readonly id: string | number;
        readonly error: { readonly code: ErrorCode; readonly message: string };
      };
}

/** Something that happened to the stack rather than in a call: topology_loaded, topology_rejected, approval_decided ... */
export interface EventRecord {
  readonly kind: 'event';
  readonly event: string;
  readonly principal: string;
  readonly topology: string;
  readonly version: number;
  readonly detail: JsonValue;
}

/** A signature over the chain's head, every N records and at a clean end. */
export interface CheckpointRecord {
  readonly kind: 'checkpoint';
  /** SHA-256 of the record before, which the signature covers together with the sequence number. */
  readonly head: string;
  /** First 16 hex digits of the SHA-256 of the public key. */
  readonly key: string;
  /** Ed25519, base64. */
  readonly signature: string;
}

/** A request as it was read back. */
export type PlacedRequest = RequestRecord & { readonly seq: number };

export type NewRecord = RequestRecord | ResponseRecord | EventRecord;

/** A record as one line of the log holds it. `prev` is the SHA-256 (hex) of the line before, without its newline. */
export type StoredRecord = { readonly seq: number; readonly time: string; readonly prev: string } & (
  | NewRecord
  | CheckpointRecord
);

/** The end of a call whose process died, or lost its audit, before it could record one. */
export const unknownOutcome = (request: RequestRecord): ResponseRecord => ({
  kind: 'response',
  call: request.call,
  principal: request.principal,
  topology: request.topology,
  version: request.version,
  outcome: 'outcome_unknown',
  duration_ms: 0,
  message: {
    jsonrpc: '2.0',
    id: request.message.id,
    error: { code: 'outcome_unknown', message: 'The server ended before the call did.' },
  },
});
