import { setTimeout as sleep } from 'node:timers/promises';
import type { Gate } from '../gate/gate.ts';
import type { Opened, StackView } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import { type Answer, answerOk } from './answer.ts';
import { authenticate } from './authenticate.ts';
import type { Breakers } from './breakers.ts';
import { captureBefore, isAsBefore } from './capture.ts';
import type { Captured, ChangeEntry, Changes } from './changes.ts';
import type { Clients } from './clients.ts';
import { withDeadline, withinTurn } from './deadline.ts';
import { executeRead, executeWrite } from './execute.ts';
import { maskAndLimit } from './mask-and-limit.ts';
import { passGate } from './pass-gate.ts';
import { resolve, type WhyAbsent } from './resolve.ts';
import type {
  AllowedRead,
  AllowedTrial,
  AllowedWrite,
  Arrived,
  Authenticated,
  CallRequest,
  Executed,
  Masked,
  RecordedWrite,
} from './stages.ts';
import { assertStillLinked } from './still-linked.ts';
import type { ResolveConnection } from './substitute-arguments.ts';
import { takeBack } from './take-back.ts';
import { beginTrail, type Trail, type TrailDeps } from './trail.ts';
import { tryOut } from './try-out.ts';
import { unwrap } from './unwrap.ts';
import { validate } from './validate.ts';

export interface PipelineDeps extends TrailDeps {
  readonly gate: Gate;
  readonly clients: Clients;
  readonly changes: Changes;
  readonly breakers: Breakers;
  readonly resolveConnection: ResolveConnection;
  viewFor(call: Authenticated): StackView;
  readonly whyAbsent: WhyAbsent;
  /** Reads the configuration of a component that a write touched. Never throws: what it misses it says. */
  captureAfter(component: string): Promise<Captured>;
}

/** How long the answer to a write waits for its session to close. */
const CLOSE_MS = 2_000;

/** Runs one call from its arrival to its answer. Never throws: every end is an answer. */
export type Pipeline = (request: CallRequest) => Promise<Answer>;

/** The way of one call. Each stage takes the type that the one before made; nothing reaches a service by another road. */
export function openPipeline(deps: PipelineDeps): Pipeline {
  return async (asked) => {
    const request: Arrived = { ...asked, callId: crypto.randomUUID(), started: performance.now() };
    const trail = beginTrail(deps, request);
    try {
      if (!deps.audit.status().writable)
        throw new ToolError('audit_unavailable', deps.audit.status().reason ?? 'the log is closed');
      const authenticated = authenticate(deps.catalogs, request);
      const named = trail.joined(unwrap(authenticated.catalog, authenticated));
      const resolved = trail.aimed(resolve(named, deps.whyAbsent));
      const validated = validate(resolved);
      const allowed = await passGate(deps.gate, validated);
      if (allowed.kind === 'read') {
        const masked = await withinShare(deps, allowed, () => runRead(deps, allowed, trail));
        return await trail.end('read', (callId, seq) => answerOk(callId, seq, masked));
      }
      if (allowed.kind === 'trial') {
        const masked = await withinShare(deps, allowed, () => runTrial(deps, allowed, trail));
        return await trail.end('read', (callId, seq) => answerOk(callId, seq, masked));
      }
      const begun: Begun = {};
      const masked = await withEnd(deps, allowed, begun, () =>
        withinShare(deps, allowed, () => runWrite(deps, allowed, trail, begun)),
      );
      return await trail.end('write', (callId, seq) => answerOk(callId, seq, masked));
    } catch (error) {
      return await trail.fail(error);
    }
  };
}

/** A read overlaps with its own recording: the query runs while the intent becomes durable, the result waits for it. */
async function runRead(deps: PipelineDeps, call: AllowedRead, trail: Trail): Promise<Masked> {
  assertStillLinked(call, deps);
  const intent = trail.intend();
  const client =
    deps.clients.opened(call.at) ??
    (await opening(call, () => deps.clients.reader(call.entry.service, call.at)));
  const withheld = await executeRead(
    { ...call, intent, client },
    { stack: deps.viewFor(call), resolve: deps.resolveConnection },
  );
  const executed = withheld.release(await intent.durable);
  return maskAndLimit(call, executed, deps.mask);
}

/** A trial reads, and sends what would be written where nothing of it lasts: it has no version, and leaves nothing behind. */
async function runTrial(deps: PipelineDeps, call: AllowedTrial, trail: Trail): Promise<Masked> {
  const intent = await trail.intend(call.verdict).durable;
  assertStillLinked(call, deps);
  const { service } = call.entry;
  const executed = await tryOut(
    { ...call, intent },
    {
      stack: deps.viewFor(call),
      openReader: () => deps.clients.reader(service, call.at),
      openRehearsal: () =>
        openSession(deps, call, () => deps.clients.rehearsal(service, call.at, call.grant)),
      close: (session) => closeSession(deps, call, session),
      resolve: deps.resolveConnection,
    },
  );
  return maskAndLimit(call, executed, deps.mask);
}

/** A write does nothing before its intent is durable, and changes nothing before its before-image is. */
async function runWrite(deps: PipelineDeps, call: AllowedWrite, trail: Trail, begun: Begun): Promise<Masked> {
  const intent = await trail.intend(call.verdict).durable;
  assertStillLinked(call, deps);
  const executed = await takingBack({ ...call, intent }, deps, () => {
    assertStillLinked(call, deps);
    return inSession(deps, call, async (session) => {
      const stack = deps.viewFor(call);
      const captured = await captureBefore({ ...call, intent, session }, { changes: deps.changes, stack });
      begun.change = captured.change;
      await call.grant.assertStands();
      assertStillLinked(call, deps);
      return executeWrite(captured, {
        stack,
        resolve: deps.resolveConnection,
        onInternal: (error) => deps.onInternal(error, call.callId),
      });
    });
  });
  return maskDone(call, executed, deps);
}

/** A step that takes a write back looks before and after; any other write just runs. */
function takingBack(
  call: RecordedWrite,
  deps: PipelineDeps,
  run: () => Promise<Executed>,
): Promise<Executed> {
  const { undo, signal } = call;
  if (undo?.kind !== 'revert') return run();
  const isBack = () =>
    inSession(deps, call, (session) => isAsBefore({ ...call, session }, undo, deps.viewFor(call)));
  return takeBack({ undo, signal, isBack, run });
}

/** The place of a write in the version store, once it has one. */
interface Begun {
  change?: ChangeEntry;
}

/** Ends the version of a write, whatever became of it; its configuration is captured once its place among the calls is free again. */
async function withEnd(
  deps: PipelineDeps,
  call: AllowedWrite,
  begun: Begun,
  work: () => Promise<Masked>,
): Promise<Masked> {
  // A version without an end counts as one that may have happened; whatever is wrong with it, the write is over.
  const end = (...how: Parameters<ChangeEntry['end']>) =>
    begun.change?.end(...how).catch((cause: unknown) => deps.onInternal(cause, call.callId));
  try {
    const masked = await work();
    await end('ok', await deps.captureAfter(call.at.component.name));
    return masked;
  } catch (error) {
    const isUnknown = !(error instanceof ToolError) || error.code === 'outcome_unknown';
    await end(isUnknown ? 'outcome_unknown' : 'error', new Map());
    throw error;
  }
}

async function inSession<T>(
  deps: PipelineDeps,
  call: AllowedWrite,
  work: (session: Opened<object>) => Promise<T>,
): Promise<T> {
  const open = () => deps.clients.writer(call.entry.service, call.at, call.grant);
  const session = await openSession(deps, call, open);
  try {
    return await work(session);
  } finally {
    await closeSession(deps, call, session);
  }
}

/** Opens a call's own session. One that opens only after the call was stopped is closed then, and used by nobody. */
async function openSession<T extends Opened<object> | undefined>(
  deps: PipelineDeps,
  call: AllowedWrite | AllowedTrial,
  open: () => Promise<T>,
): Promise<T> {
  let pending: Promise<T> | undefined;
  try {
    return await opening(call, () => {
      pending = open();
      return pending;
    });
  } catch (error) {
    pending?.then(
      (late) => late && closeSession(deps, call, late),
      () => undefined,
    );
    throw error;
  }
}

/** A backend that went away must not hold back the answer to a call that is over. */
async function closeSession(
  deps: PipelineDeps,
  call: AllowedWrite | AllowedTrial,
  session: Opened<object>,
): Promise<void> {
  const closed = session.close().catch((error: unknown) => deps.onInternal(error, call.callId));
  await Promise.race([closed, sleep(CLOSE_MS, undefined, { ref: false })]);
}

const opening = <T>(call: AllowedRead | AllowedWrite | AllowedTrial, open: () => Promise<T>): Promise<T> =>
  withDeadline(call, (why) => why, open);

/** What a write gave back must not turn a done write into an error: where it does not fit, only that it is done is told. */
function maskDone(call: AllowedWrite, executed: Executed, deps: PipelineDeps): Masked {
  try {
    return maskAndLimit(call, executed, deps.mask);
  } catch (error) {
    deps.onInternal(error, call.callId);
    return { text: 'the write was done, once; only its result was too large to show. Do not do it again.' };
  }
}

/** Bounds how many calls one component takes at once. The stack's own metadata needs no such bound. */
async function withinShare<T>(
  deps: PipelineDeps,
  call: AllowedRead | AllowedWrite | AllowedTrial,
  work: () => Promise<T>,
): Promise<T> {
  if (call.tool.reach === 'stack') return work();
  try {
    return await withinTurn(call, (begin) =>
      deps.breakers.run(call.at.component.name, call.entry.service.concurrency, () => {
        begin();
        return work();
      }),
    );
  } catch (error) {
    if (error instanceof ToolError && error.code === 'login_failed') deps.clients.drop(call.at);
    throw error;
  }
}
