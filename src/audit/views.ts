import type { JsonValue } from '../toolset/define.ts';
import type { ReadRecord } from './read.ts';
import type { EventRecord, Outcome, RequestRecord, ResponseRecord, StoredRecord } from './record.ts';

export type StoredRequest = Extract<StoredRecord, RequestRecord>;
export type StoredResponse = Extract<StoredRecord, ResponseRecord>;
export type StoredEvent = Extract<StoredRecord, EventRecord>;

/** One call: its request and, once there is one, its response. */
export interface CallView {
  readonly kind: 'call';
  readonly chain: string;
  /** Of the request record. */
  readonly seq: number;
  /** Of the request record. */
  readonly time: string;
  readonly call: string;
  readonly principal: string;
  readonly topology: string;
  readonly version: number;
  readonly method: string;
  /** `params.name` of a `tools/call`. */
  readonly tool?: string;
  /** `params.arguments.target`, when the call named one. */
  readonly target?: string;
  /** `open`: the call is running, or its server died and was not started again. */
  readonly outcome: Outcome | 'open';
  readonly duration_ms?: number;
  /** Names of the gate's rules that did not pass. */
  readonly refusedRules: readonly string[];
  readonly request: StoredRequest;
  readonly response?: StoredResponse;
}

/** Something that happened to the stack. */
export interface EventView {
  readonly kind: 'event';
  readonly chain: string;
  readonly seq: number;
  readonly time: string;
  readonly principal: string;
  readonly record: StoredEvent;
}

export type AuditView = CallView | EventView;

/** Pairs requests with responses as records come by, oldest first. */
export class Pairing {
  readonly #waiting = new Map<string, { chain: string; record: StoredRequest }>();

  /** The view that the record completes, if it does. */
  take({ chain, record }: ReadRecord): AuditView | undefined {
    if (record.kind === 'checkpoint') return undefined;
    if (record.kind === 'event') return eventView(chain, record);
    const key = `${chain}/${record.call}`;
    if (record.kind === 'request') {
      this.#waiting.set(key, { chain, record });
      return undefined;
    }
    const request = this.#waiting.get(key)?.record;
    this.#waiting.delete(key);
    return request && callView(chain, request, record);
  }

  /** Calls that began and did not end. */
  *rest(): Generator<CallView> {
    for (const { chain, record } of this.#waiting.values()) yield callView(chain, record, undefined);
  }
}

/** An event as it is shown. */
export const eventView = (chain: string, record: StoredEvent): EventView => ({
  kind: 'event',
  chain,
  seq: record.seq,
  time: record.time,
  principal: record.principal,
  record,
});

/** A call as it is shown; without a response it is open. */
export function callView(
  chain: string,
  request: StoredRequest,
  response: StoredResponse | undefined,
): CallView {
  const { seq, time, call, principal, topology, version, message, verdict } = request;
  const tool = textAt(message.params, 'name');
  const target = textAt(fieldOf(message.params, 'arguments'), 'target');
  return {
    kind: 'call',
    ...{ chain, seq, time, call, principal, topology, version },
    method: message.method,
    ...(tool !== undefined && { tool }),
    ...(target !== undefined && { target }),
    outcome: response?.outcome ?? 'open',
    ...(response && { duration_ms: response.duration_ms, response }),
    refusedRules: (verdict?.checks ?? []).filter((check) => !check.passed).map((check) => check.rule),
    request,
  };
}

function fieldOf(value: JsonValue | undefined, field: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, field) ? Reflect.get(value, field) : undefined;
}

function textAt(value: JsonValue | undefined, field: string): string | undefined {
  const text = fieldOf(value, field);
  return typeof text === 'string' ? text : undefined;
}
