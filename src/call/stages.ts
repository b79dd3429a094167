import type { DurableIntent, PendingIntent } from '../audit/intent.ts';
import type { Verdict } from '../audit/record.ts';
import type { Held } from '../store/leases.ts';
import type { Catalog, CatalogTarget, CatalogTool } from '../toolset/catalog.ts';
import type {
  CallSession,
  JsonValue,
  Limits,
  Opened,
  ReadTool,
  WriteScope,
  WriteTool,
} from '../toolset/define.ts';
import type { WriteGrant } from '../toolset/grant.ts';
import type { ChangeEntry } from './changes.ts';

/** A `tools/call` as a transport hands it over. */
export interface CallRequest {
  /** The agent that the transport vouches for; absent means the stack's own client. */
  readonly principal: string | undefined;
  /** The JSON-RPC id, kept for the audit record. */
  readonly id: string | number;
  readonly toolName: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Aborted when the caller cancels or goes away. */
  readonly signal: AbortSignal;
  /** Set where a tool made this call in the same principal's name: the id of that tool's call, or `call_tool`. */
  readonly via?: string;
  /** Set by a rollback alone: the call takes back a write, or such a step, instead of being made anew. */
  readonly undo?: Undo;
  /** Set by work that holds a lease: a write begins only while that is held. */
  readonly lease?: Held;
  /** Set by a rollback alone, with `undo` or `isPause`: whether that could be done is found out, and nothing is changed. */
  readonly isTrial?: true;
  /** Set by a rollback alone: the tool is one of those that hold a reconciler still. */
  readonly isPause?: true;
  /** How the running tool may talk to the client, where the transport offers it. */
  readonly peer?: CallSession;
}

/** The version that a step of a rollback takes back. */
export interface Undo {
  /** `revert` runs the tool's way back; `redo` makes the call again that an earlier `revert` took back. */
  readonly kind: 'revert' | 'redo';
  readonly of: number;
  readonly before: JsonValue;
  readonly after: JsonValue;
  /** The process ended while this step ran, or how the write itself ended is not known: all may be as before already. */
  readonly isResumed?: boolean;
}

/** What one stage hands to the next. Each type can only be had by passing the stage that makes it. */
export interface Arrived extends CallRequest {
  readonly callId: string;
  /** `performance.now()` at arrival. */
  readonly started: number;
}

export interface Authenticated extends Arrived {
  readonly catalog: Catalog;
}

export interface Resolved extends Authenticated {
  readonly entry: CatalogTool;
  readonly at: CatalogTarget;
}

export interface Validated extends Resolved {
  /** The tool's own arguments, parsed by its schema; without `target`. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly limits: Limits;
}

// biome-ignore lint/suspicious/noExplicitAny: the pipeline runs tools of every service; each was checked where it was defined
type AnyRead = ReadTool<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
type AnyWrite = WriteTool<any, any, any>;

/** A read needs no grant; the guard and the engine hold it to reading. */
export interface AllowedRead extends Validated {
  readonly kind: 'read';
  readonly tool: AnyRead;
}

export interface AllowedWrite extends Validated {
  readonly kind: 'write';
  readonly tool: AnyWrite;
  readonly grant: WriteGrant;
  readonly verdict: Verdict;
  readonly scope: WriteScope;
}

/** A look at whether a write of a rollback could be done. */
export interface AllowedTrial extends Omit<AllowedWrite, 'kind'> {
  readonly kind: 'trial';
}

/** A read whose request record is on its way to the disk: it may run, and its result is withheld until it is there. */
export type RecordedRead = AllowedRead & { readonly intent: PendingIntent };
/** A write whose request record is on the disk. */
export type RecordedWrite = AllowedWrite & { readonly intent: DurableIntent };
export type RecordedTrial = AllowedTrial & { readonly intent: DurableIntent };

export type OpenedRead = RecordedRead & { readonly client: object };
export type OpenedWrite = RecordedWrite & { readonly session: Opened<object>; readonly signal: AbortSignal };

/** A write whose before-image is on the disk, so that it can be taken back whatever happens next. */
export type CapturedWrite = OpenedWrite & { readonly change: ChangeEntry };

/** What a tool gave back, before anything of it may leave: masked and cut next. */
export interface Executed {
  readonly output: Readonly<Record<string, unknown>>;
}

/** What leaves: masked, free of control characters, within the byte limit. */
export interface Masked {
  /** JSON text of `structured`; a sentence where there is none. */
  readonly text: string;
  /** Absent for a write that was done and whose result was too large to show. */
  readonly structured?: Readonly<Record<string, unknown>>;
}
