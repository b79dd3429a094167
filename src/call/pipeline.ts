import { setTimeout as sleep } from 'node:timers/promises';
import type { PendingIntent } from '../audit/intent.ts';
import type { Verdict } from '../audit/record.ts';
import type { Gate } from '../gate/gate.ts';
import type { Opened, StackView } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import { type Answer, answerError, answerOk } from './answer.ts';
import { authenticate } from './authenticate.ts';
import type { Breakers } from './breakers.ts';
import { captureBefore, hasOwnCheck, isAsBefore } from './capture.ts';
import type { Catalogs } from './catalogs.ts';
import type { Captured, ChangeEntry, Changes } from './changes.ts';
import type { Clients } from './clients.ts';
import { withDeadline, withinTurn } from './deadline.ts';
import { executeRead, executeWrite } from './execute.ts';
import { maskAndLimit } from './mask-and-limit.ts';
import type { Meter } from './meter.ts';
import { GateRefusal, passGate } from './pass-gate.ts';
import { resolve, type WhyAbsent } from './resolve.ts';
import type {
  AllowedRead,
  AllowedWrite,
  Arrived,
  Authenticated,
  CallRequest,
  Executed,
  Masked,
  RecordedWrite,
  Resolved,
} from './stages.ts';
import { assertStillLinked } from './still-linked.ts';
import type { ResolveConnection } from './substitute-arguments.ts';
import { takeBack } from './take-back.ts';
import { unwrap } from './unwrap.ts';
import { validate } from './validate.ts';
import { type CallFrame, type RecordDeps, recordRequest, recordResponse } from './write-records.ts';

export interface PipelineDeps extends RecordDeps {
  readonly catalogs: Catalogs;
  readonly gate: Gate;
  readonly clients: Clients;
  readonly changes: Changes;
  readonly breakers: Breakers;
  readonly meter: Meter;
  readonly resolveConnection: ResolveConnection;
  viewFor(call: Authenticated): StackView;
  readonly whyAbsent: WhyAbsent;
  /** Reads the configuration of a component that a write touched. Never throws: what it misses it says. */
  captureAfter(component: string): Promise<Captured>;
  /** Where what Stackward itself got wrong is written; callers only hear `internal`. */
  onInternal(error: unknown, callId: string): void;
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
  const client = await opening(call, () => deps.clients.reader(call.entry.service, call.at));
  const withheld = await executeRead(
    { ...call, intent, client },
    { stack: deps.viewFor(call), resolve: deps.resolveConnection },
  );
  const executed = withheld.release(await intent.durable);
  return maskAndLimit(call, executed, deps.mask);
}

/** A write does nothing before its intent is durable, and changes nothing before its before-image is. */
async function runWrite(deps: PipelineDeps, call: AllowedWrite, trail: Trail, begun: Begun): Promise<Masked> {
  const intent = await trail.intend(call.verdict).durable;
  const executed = await takingBack({ ...call, intent }, deps, () => {
    assertStillLinked(call, deps);
    return inSession(deps, call, async (session) => {
      const stack = deps.viewFor(call);
      const captured = await captureBefore({ ...call, intent, session }, { changes: deps.changes, stack });
      begun.change = captured.change;
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
  const { undo, tool } = call;
  if (undo?.kind !== 'revert') return run();
  const isBack = () =>
    inSession(deps, call, (session) => isAsBefore({ ...call, session }, undo, deps.viewFor(call)));
  return takeBack({ undo, isBack, isProof: hasOwnCheck(tool), run });
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
  try {
    const masked = await work();
    await begun.change?.end('ok', await deps.captureAfter(call.at.component.name));
    return masked;
  } catch (error) {
    const isUnknown = !(error instanceof ToolError) || error.code === 'outcome_unknown';
    await begun.change
      ?.end(isUnknown ? 'outcome_unknown' : 'error', new Map())
      .catch((cause: unknown) => deps.onInternal(cause, call.callId));
    throw error;
  }
}

async function inSession<T>(
  deps: PipelineDeps,
  call: AllowedWrite,
  work: (session: Opened<object>) => Promise<T>,
): Promise<T> {
  const session = await openSession(deps, call);
  try {
    return await work(session);
  } finally {
    await closeSession(deps, call, session);
  }
}

/** Opens a write's own session. One that opens only after the call was stopped is closed then, and used by nobody. */
async function openSession(deps: PipelineDeps, call: AllowedWrite): Promise<Opened<object>> {
  let pending: Promise<Opened<object>> | undefined;
  try {
    return await opening(call, () => {
      pending = deps.clients.writer(call.entry.service, call.at, call.grant);
      return pending;
    });
  } catch (error) {
    pending?.then(
      (late) => closeSession(deps, call, late),
      () => undefined,
    );
    throw error;
  }
}

/** A backend that went away must not hold back the answer to a call that is over. */
async function closeSession(deps: PipelineDeps, call: AllowedWrite, session: Opened<object>): Promise<void> {
  const closed = session.close().catch((error: unknown) => deps.onInternal(error, call.callId));
  await Promise.race([closed, sleep(CLOSE_MS, undefined, { ref: false })]);
}

const opening = <T>(call: AllowedRead | AllowedWrite, open: () => Promise<T>): Promise<T> =>
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
  call: AllowedRead | AllowedWrite,
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

interface Trail {
  /** Takes the call as it is from here on: whose it is, and what it names. */
  joined(call: Authenticated): Authenticated;
  aimed(call: Resolved): Resolved;
  intend(verdict?: Verdict): PendingIntent;
  end(kind: 'read' | 'write', answer: (callId: string, seq: number) => Answer): Promise<Answer>;
  fail(error: unknown): Promise<Answer>;
}

/** Keeps the records of one call: exactly one request, then exactly one response, whatever happens between. */
function beginTrail(deps: PipelineDeps, arrived: Arrived): Trail {
  let request = arrived;
  let frame: CallFrame = {
    callId: request.callId,
    principal: request.principal ?? STACK_PRINCIPAL,
    topology: deps.catalogs.graph().hash,
    started: request.started,
  };
  let intent: PendingIntent | undefined;
  const intend = (verdict?: Verdict) => {
    intent ??= recordRequest(deps, frame, request, verdict);
    return intent;
  };
  const close = async (answer: Answer, isDurable: boolean) => {
    const appended = recordResponse(deps, frame, request.id, answer);
    await (isDurable ? appended.durable : appended.written);
    return counted(answer);
  };
  const counted = (answer: Answer) => {
    deps.meter.count(request, answer, performance.now() - frame.started);
    return answer;
  };
  return {
    intend,
    joined(call) {
      request = call;
      frame = { ...frame, principal: call.catalog.principal, topology: call.catalog.graph.hash };
      return call;
    },
    aimed(call) {
      if (call.entry.tool.reach !== 'stack') frame = { ...frame, target: call.at.target.name };
      return call;
    },
    async end(kind, answer) {
      try {
        return await close(answer(frame.callId, intend().seq), kind === 'write');
      } catch (error) {
        if (kind === 'read') throw error;
        // The write is done. Saying 'refused' now would invite the caller to do it again.
        deps.onInternal(error, frame.callId);
        const detail =
          'the write was done, but the audit could not record its outcome; look before doing it again';
        const told = new ToolError('outcome_unknown', detail);
        return counted(answerError(frame.callId, intend().seq, told, deps.mask));
      }
    },
    async fail(error) {
      const known = toToolError(error, (cause) => deps.onInternal(cause, frame.callId));
      const refusal = error instanceof GateRefusal ? error : undefined;
      try {
        const { seq, durable } = intend(refusal?.verdict);
        await durable;
        const answer = answerError(frame.callId, seq, known, deps.mask, refusal?.request);
        return await close(
          refusal ? { ...answer, refusedRules: failedRules(refusal.verdict) } : answer,
          false,
        );
      } catch (unrecorded) {
        const reason = toToolError(unrecorded, (cause) => deps.onInternal(cause, frame.callId));
        // 'Refused' would hide that the write may have happened.
        const told = known.code === 'outcome_unknown' ? known : reason;
        return counted(answerError(frame.callId, undefined, told, deps.mask));
      }
    },
  };
}

const failedRules = ({ checks }: Verdict): string[] =>
  checks.filter((check) => !check.passed).map((check) => check.rule);

function toToolError(error: unknown, onInternal: (error: unknown) => void): ToolError {
  if (error instanceof ToolError) return error;
  onInternal(error);
  return new ToolError('internal', 'the call was stopped; nothing more is known to the caller');
}
