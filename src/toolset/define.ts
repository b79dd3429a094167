import type { z } from 'zod';
import type { Resolved } from '../secrets/reference.ts';
import type { ComponentType, Layer } from '../topology/component-type.ts';
import type { Component, Entry, Graph } from '../topology/graph.ts';
import type { NamespaceRole } from './cluster-role.ts';
import type { WriteGrant } from './grant.ts';
import type { TriageService } from './triage-service.ts';
import type { VersionsView } from './versions-view.ts';

export { secret, setting } from '../secrets/reference.ts';
export type { Entry } from '../topology/graph.ts';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
export type Access = 'read' | 'write';

/** What a tool call works on: `component` or `component/sub-component`, with the scope its links leave open. */
export interface Target<E = Entry> {
  /** As the call names it: `orders-db/orders`. */
  readonly name: string;
  readonly component: string;
  /** Absent for a tool that works on the component as a whole. */
  readonly sub?: string;
  /** The sub-component's entry, narrowed to what this principal's links reach; `{}` where there is none. */
  readonly scope: E;
  /** Every sub-component of the component that this principal's links reach. */
  readonly reach: ReadonlyMap<string, E>;
}

/** Bounds that the pipeline sets for one call. A tool fetches no more than this and says when it cut. */
export interface Limits {
  readonly rows: number;
  /** Bytes of the result's JSON; a reader stops its backend once far past it. */
  readonly bytes: number;
  readonly deadlineMs: number;
}

/** Why a tool is there or absent for a principal and a target, naming the link and the flag. */
export interface Explanation {
  readonly tool: string;
  readonly target: string;
  readonly access: Access;
  readonly allowed: boolean;
  readonly reasons: readonly string[];
}

/** One tool of the calling principal, with the targets that it may name. */
export interface OwnTool {
  readonly tool: AnyTool;
  readonly layer: Layer;
  readonly targets: readonly string[];
}

/** How a call that a tool made in its caller's name ended. */
export interface Relayed {
  readonly callId: string;
  readonly outcome: 'ok' | 'error' | 'denied' | 'cancelled' | 'outcome_unknown';
  /** JSON text of the result, or the sentence that explains the error. */
  readonly text: string;
  readonly structured?: Readonly<Record<string, unknown>>;
}

/** The stack's own metadata, as the catalog under which the call runs has it. */
export interface StackView {
  readonly graph: Graph;
  /** Explains each operation of a component, or the one named, to the calling principal or for another. */
  explain(question: { component: string; tool?: string; principal?: string }): readonly Explanation[];
  /** The tools of the calling principal, sorted by name. */
  tools(): readonly OwnTool[];
  /** The versions of the stack, as far as the calling principal may see them. */
  readonly versions: VersionsView;
  /** The triage that this process runs. */
  readonly triage: TriageService;
  /** Makes a further call in the caller's name. It passes the whole pipeline, gate and audit included, as if the caller had made it. */
  call(tool: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Relayed>;
}

/** What a transport lets a running tool tell or ask its client. Only some transports have it. */
export interface CallSession {
  progress(progress: number, total?: number, message?: string): Promise<void>;
  log(level: 'debug' | 'info' | 'warning' | 'error', data: JsonValue): Promise<void>;
  /** Shows a form to the client's human. Throws when the client cannot. */
  elicit(message: string, schema: Readonly<Record<string, unknown>>): Promise<JsonValue>;
  /** Has the client's model answer. Throws when the client cannot. */
  sample(prompt: string, maxTokens: number): Promise<JsonValue>;
}

/** A piece of a result that is not plain JSON text, in MCP's own shape. */
export type RenderedBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image' | 'audio'; readonly data: string; readonly mimeType: string }
  | {
      readonly type: 'resource';
      readonly resource: { readonly uri: string; readonly mimeType: string; readonly text: string };
    };

/** The types that a service's tools share. */
export interface ServiceTypes {
  Reader: object;
  Writer: object;
  Entry: Entry;
}

export interface ReadContext<S extends ServiceTypes> {
  readonly client: S['Reader'];
  readonly target: Target<S['Entry']>;
  readonly signal: AbortSignal;
  readonly limits: Limits;
  readonly principal: string;
  readonly stack: StackView;
  readonly session?: CallSession;
}

export interface WriteContext<S extends ServiceTypes> extends Omit<ReadContext<S>, 'client'> {
  readonly client: S['Writer'];
  readonly grant: WriteGrant;
  /** Set where a rollback makes a call again that was taken back: what the call found and left the first time. */
  readonly again?: Pick<Change, 'before' | 'after'>;
  /** Makes durable what the revert will need of the state after the write. Await it before the effect is final. */
  recordAfter(after: JsonValue): Promise<void>;
}

/** What one write did: enough to take it back. */
export interface Change<P = unknown> {
  readonly args: P;
  readonly before: JsonValue;
  /** What `recordAfter` was given; null when the tool gave nothing. */
  readonly after: JsonValue;
}

/** How it is known that a write was taken back: by reading the service, never by what the way back answered. */
export type ReadBack<S extends ServiceTypes, P> =
  | {
      /** Whether everything that the write touched is as it was before it. Throws ToolError where that cannot be read. */
      isBack(context: WriteContext<S>, change: Change<P>): Promise<boolean>;
      /** Which writes cannot be read back, and why; absent where every one can. */
      readonly unverifiable?: string;
    }
  | { readonly isBack?: undefined; readonly unverifiable: string };

/** The way back of a write, or the reason why there is none (then a human approves each call). */
export type Effect<S extends ServiceTypes, P> =
  | { readonly kind: 'create' | 'update' | 'destroy'; readonly irreversible: string }
  | (ReadBack<S, P> & {
      readonly kind: 'create' | 'update' | 'destroy';
      /** What taking it back does, for people: `puts the rows back as they were`. */
      readonly way: string;
      /** Reads what the write will touch, before it runs, on the same client (so one transaction can hold both). */
      capture(context: WriteContext<S>, args: P): Promise<JsonValue>;
      /** Puts back what `capture` saw; throws ToolError('conflict') when somebody changed it in between. */
      revert(context: WriteContext<S>, change: Change<P>): Promise<void>;
      /**
       * What can be known of the way back before anything is changed, whatever else a rollback does first: whether
       * what it needs is still there, whether the account may, and what would undo it. Reads alone.
       */
      precheck?(context: ReadContext<S>, step: UndoStep<P>): Promise<Precheck>;
      readonly irreversible?: undefined;
    });

/** A write that a rollback would take back (`revert`), or make again (`redo`). */
export interface UndoStep<P = unknown> extends Change<P> {
  readonly how: 'revert' | 'redo';
}

/** What stands in the way of a step, found before anything is changed. */
export interface Precheck {
  /** Each a sentence that names the thing and what would help. */
  readonly obstacles?: readonly string[];
  /** What the service does not let be found out, each as part of a sentence: `whether the account may: it may not look`. */
  readonly untried?: readonly string[];
  readonly reconcilers?: readonly Reconciler[];
}

/** Something outside Stackward that would undo a step by itself. */
export interface Reconciler {
  /** `HorizontalPodAutoscaler web`, `auto-sync of application shop` */
  readonly name: string;
  /** What it does, as a part of a sentence: `keeps web between 2 and 10 replicas`. */
  readonly does: string;
  /** How it is held still; absent where Stackward cannot. */
  readonly pause?: Pause;
}

/** A call of one of the service's `pausers`, on the target of the step. */
export interface Pause {
  readonly tool: string;
  readonly args: Readonly<Record<string, JsonValue>>;
  /** What is so afterwards: `auto-sync of shop is off`. */
  readonly state: string;
}

/** What a write names before it runs; the gate refuses wildcards, emptiness and more than the blast radius. */
export interface WriteScope {
  /** Explicit names: `orders.public.customers`, `session:42`. */
  readonly resources: readonly string[];
  /** The most rows, keys or objects that the call can change; the tool enforces it while it runs. */
  readonly atMost: number;
  /** Why this very write cannot be taken back, for the human who is asked; only where the tool's effect says that it cannot. */
  readonly irreversible?: string;
}

/** Values of the target that may be substituted in templated arguments, such as `{host}`. */
export type TemplateVariable = 'host' | 'port' | 'user' | 'password';

interface ToolBase<P extends z.ZodObject, O extends z.ZodObject> {
  /** `<prefix>_<verb or noun>`, `[a-z0-9_]`, at most 48 characters. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** `sub`: a target is a sub-component; `component`: the component as a whole; `stack`: no target argument. */
  readonly reach: 'sub' | 'component' | 'stack';
  /**
   * Whether the tool works on a target with this entry of this component; on every one if absent. What it says no to
   * is neither listed, nor callable, nor explained.
   */
  appliesTo?(entry: Entry, component: Component): boolean;
  /**
   * Of a tool of the stack itself: whether a principal has it, by how the topology draws that principal; everybody has
   * it if absent. `agent` is undefined for the stack's own client.
   */
  isFor?(agent: Component | undefined): boolean;
  /** A strict object; `target` is added by the catalog and must not be in it. */
  readonly params: P;
  readonly output: O;
  /** The output's array that may be cut to fit the byte limit; then `truncated` and `hint` are set. */
  readonly list?: Extract<keyof z.output<O>, string>;
  /** It makes further calls in its caller's name, writes among them, so no client is told that it only reads. */
  readonly relays?: true;
  /** It only tells people something: an agent that may act on a diagnosis alone may tell without one. */
  readonly informs?: true;
  /** Shows the masked output otherwise than as its JSON text. */
  render?(output: Readonly<Record<string, unknown>>): RenderedBlock[];
  /** Arguments in which `{host}`, `{port}` ... of the target are replaced inside the executing stage. */
  readonly templated?: { readonly [K in Extract<keyof z.output<P>, string>]?: readonly TemplateVariable[] };
}

export interface ReadTool<S extends ServiceTypes, P extends z.ZodObject, O extends z.ZodObject>
  extends ToolBase<P, O> {
  readonly access: 'read';
  readonly effect?: never;
  readonly scope?: never;
  run(context: ReadContext<S>, args: z.output<P>): Promise<z.input<O>>;
}

export interface WriteTool<S extends ServiceTypes, P extends z.ZodObject, O extends z.ZodObject>
  extends ToolBase<P, O> {
  readonly access: 'write';
  readonly effect: Effect<S, z.output<P>>;
  scope(target: Target<S['Entry']>, args: z.output<P>): WriteScope | Promise<WriteScope>;
  run(context: WriteContext<S>, args: z.output<P>): Promise<z.input<O>>;
}

/** A tool of any service, as catalog and pipeline handle it. */
// biome-ignore lint/suspicious/noExplicitAny: the registry holds tools of every service; each was checked where it was defined
export type AnyTool = ReadTool<any, any, any> | WriteTool<any, any, any>;

/**
 * Binds the tool definer to one service's types, so that `client` and `target.scope` are typed in `run`.
 * @example export const tool = toolsOf<{ Reader: PgReader; Writer: PgWriter; Entry: Database }>();
 */
export const toolsOf =
  <S extends ServiceTypes>() =>
  <const A extends Access, P extends z.ZodObject, const O extends z.ZodObject>(
    spec: { readonly access: A } & (A extends 'write' ? WriteTool<S, P, O> : ReadTool<S, P, O>),
  ) =>
    Object.freeze(spec);

/** A component that another one's connection names, such as the cluster that a workload runs on. */
export interface ReferencedComponent {
  readonly component: string;
  /** Its connection with every reference resolved; empty if it is external. The connector checks its shape. */
  readonly connection: Readonly<Record<string, unknown>>;
}

/** Where and how a connector opens its client. */
export interface Endpoint<C = Readonly<Record<string, unknown>>> {
  readonly component: string;
  readonly sub?: string;
  readonly entry: Entry;
  /** The connection with every reference resolved; credentials are `Secret`s, already known to the mask. */
  readonly connection: Resolved<C>;
  /** The components that `references` of the type name, by the field that names them; absent where it has none. */
  readonly references?: Readonly<Record<string, ReferencedComponent>>;
  readonly limits: Limits;
  /** Reports a condition an operator should know of, such as a role that is too mighty. Shown once. */
  warn(message: string): void;
}

/** A client and how to let go of it. */
export interface Opened<Client> {
  readonly client: Client;
  close(): Promise<void>;
}

/** A session on which nothing lasts. */
export interface Rehearsal<Client> extends Opened<Client> {
  /** Making a write again is tried too. Never where that uses up what no rollback gives back, such as numbers of a sequence. */
  readonly triesAgain?: true;
}

/** `connect.ts` of a service: imported only when a component of its type is called. */
export interface Connector<S extends ServiceTypes, C> {
  /** Opens the shared reading client of one target; it serves many calls at once. Throws ToolError. */
  openReader(endpoint: Endpoint<C>): Promise<Opened<S['Reader']>>;
  /** Opens a writing session for one granted call; closed after it, so it may hold a transaction. Throws ToolError. */
  openWriter(endpoint: Endpoint<C>, grant: WriteGrant): Promise<Opened<S['Writer']>>;
  /**
   * Opens a session on which a way back can be tried: what it reads is true, and of what it changes nothing lasts.
   * The target judges a change where it can do that without making it; any other ends the trial unsent, by
   * `TrialEnd`. Absent where a way back reads nothing before its first change. Throws ToolError.
   */
  openRehearsal?(endpoint: Endpoint<C>, grant: WriteGrant): Promise<Rehearsal<S['Writer']>>;
}

/**
 * What of a component is its configuration, as its own reading tools show it: image, replicas, settings, not counts.
 * Versions keep it, and show what differs.
 */
export interface ConfigurationRead {
  /** A reading tool of the service. */
  readonly tool: string;
  readonly args?: Readonly<Record<string, JsonValue>>;
  /** The list of its output that holds one resource an item; absent for an output that is one resource. */
  readonly list?: string;
  /** Fields of an item that name it together. */
  readonly key?: readonly string[];
  /** Fields that are configuration; the others change by themselves. */
  readonly fields: readonly string[];
}

export interface ServiceDefinition extends ComponentType {
  /** Always there, and no type that a topology can draw. */
  readonly builtIn?: true;
  /** First word of every tool name. */
  readonly prefix: string;
  /** Two services may have the very same tools; then their connector and bounds must be the same too. */
  readonly tools: readonly AnyTool[];
  /** Writes that hold a reconciler still. A rollback alone calls them; no client is told of them. */
  readonly pausers?: readonly AnyTool[];
  // biome-ignore lint/suspicious/noExplicitAny: each service's own `defineService` call checked it
  readonly connect?: () => Promise<Connector<any, any>>;
  /** Defaults for one call; the topology and the operator can only lower them. */
  readonly limits: Limits;
  /** Calls that may run at once on one component, and that may wait for a place. */
  readonly concurrency: { readonly running: number; readonly waiting: number };
  /** The most rows, keys or objects one write may touch. */
  readonly blastRadius: number;
  /** Nothing is captured where it is absent. */
  readonly configuration?: readonly ConfigurationRead[];
  /** The least rights that an operator should give the component's account, for `stackward check`. */
  advise?(component: Component, access: Access): readonly string[];
  /** What its tools ask of the Kubernetes API for the sub-components of a component, and no more; writes where `mayWrite` says so. */
  roles?(component: Component, mayWrite: (sub: string | undefined) => boolean): readonly NamespaceRole[];
}

/** Declares a service, checking its connector against its connection schema. Defaults fill what it leaves out. */
export const defineService = <S extends ServiceTypes, C extends z.ZodObject>(
  spec: Omit<ServiceDefinition, 'connect' | 'limits' | 'concurrency' | 'blastRadius' | 'connection'> & {
    readonly connection: C;
    readonly connect?: () => Promise<Connector<S, z.output<C>>>;
    readonly limits?: Partial<Limits>;
    readonly concurrency?: ServiceDefinition['concurrency'];
    readonly blastRadius?: number;
  },
): ServiceDefinition =>
  Object.freeze({
    ...spec,
    limits: { rows: 500, bytes: 256 * 1024, deadlineMs: 30_000, ...spec.limits },
    concurrency: spec.concurrency ?? { running: 8, waiting: 64 },
    blastRadius: spec.blastRadius ?? 100,
  });
