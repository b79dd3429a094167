import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Stackward } from '../../stackward.ts';
import { ERRORS, type ErrorCode, ToolError } from '../../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../../toolset/reach.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { BodyError, readJsonBody } from '../http/body.ts';
import type { IncidentDesk } from '../http/incidents.ts';
import { type InFlight, openInFlight } from '../in-flight.ts';
import type { Metrics } from '../metrics.ts';
import { decide, showApprovals } from './approval-endpoints.ts';
import { exportAudit, searchAudit, showRecord, verifyAll } from './audit-endpoints.ts';
import { openAuditSearches } from './audit-searches.ts';
import type { Action, ConsoleDesk, Endpoint } from './endpoint.ts';
import { resetBreaker, setKillSwitch, showHealth } from './health-endpoints.ts';
import { type Operators, openOperators } from './operators.ts';
import { openPageFiles, type PageFiles } from './page-files.ts';
import { openPulses, type Pulses } from './pulse.ts';
import { replyProblem, replyShown } from './reply.ts';
import { openRollbackDesk } from './rollback-desk.ts';
import { showKept, showRecords, showRuns, startDrill, streamRuns } from './run-endpoints.ts';
import { isFromOwnPage, isOverTls } from './same-origin.ts';
import { showLink, showStack } from './stack-endpoints.ts';
import {
  abandonRollback,
  resumeRollback,
  rollBack,
  showDiff,
  showPlan,
  showProgress,
  showVersions,
} from './version-endpoints.ts';

const API = '/console/api/';
const BODY_BYTES = 64 * 1024;
/** Each is a connection that stays open; a page has one. */
const MOST_STREAMS = 64;

const QUESTIONS: Readonly<Record<string, Endpoint<unknown>>> = {
  stack: showStack,
  'stack/link': showLink,
  audit: searchAudit,
  'audit/record': showRecord,
  'audit/verify': verifyAll,
  versions: showVersions,
  'versions/diff': showDiff,
  'versions/plan': showPlan,
  'versions/rollback': showProgress,
  runs: showRuns,
  'runs/kept': showKept,
  'runs/records': showRecords,
  approvals: showApprovals,
  health: showHealth,
};

const ACTIONS: Readonly<Record<string, Action<unknown>>> = {
  'approvals/decide': decide,
  'runs/start': startDrill,
  'versions/rollback': rollBack,
  'versions/rollback/resume': resumeRollback,
  'versions/rollback/abandon': abandonRollback,
  'breakers/reset': resetBreaker,
  'kill-switch': setKillSwitch,
};

export interface ConsoleSettings {
  readonly tokens: Authenticator;
  /** Who a request is where no token is needed; absent means the stack's own client. */
  readonly principal?: string;
  readonly localOperator?: boolean;
  readonly metrics?: Metrics;
  readonly incidents?: IncidentDesk;
  onProblem(message: string): void;
}

/** The console: a page below `/console`, and the API below `/console/api` that it alone uses. */
export interface Console {
  /** Serves one request, whose Host and Origin were checked. Throws BodyError. */
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

interface Parts {
  readonly desk: ConsoleDesk;
  readonly operators: Operators;
  readonly pulses: Pulses;
  /** Open streams of runs. */
  readonly streams: InFlight;
  readonly page: PageFiles;
  readonly settings: ConsoleSettings;
}

export function openConsole(stackward: Stackward, settings: ConsoleSettings): Console {
  const { tokens, principal = STACK_PRINCIPAL, localOperator = false, metrics, incidents } = settings;
  const searches = openAuditSearches(stackward.auditBook);
  const rollbacks = openRollbackDesk(stackward.history);
  const parts: Parts = {
    settings,
    desk: {
      ...{ stackward, searches, rollbacks },
      ...(metrics ? { metrics } : {}),
      ...(incidents ? { incidents } : {}),
    },
    operators: openOperators({
      tokens,
      fallback: principal,
      localOperator,
      stack: () => stackward.catalogs.graph().stack,
    }),
    pulses: openPulses(stackward, () => incidents?.last() ?? 0),
    streams: openInFlight(MOST_STREAMS),
    page: openPageFiles(),
  };
  return {
    serve: (request, response) => answer(parts, request, response),
    async close() {
      parts.pulses.close();
      searches.close();
      await rollbacks.close();
    },
  };
}

async function answer(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://console');
  if (!pathname.startsWith(API)) {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return replyProblem(response, 405, 'method', 'the page is only read');
    return parts.page.serve(request, response, pathname);
  }
  if (!isFromOwnPage(request))
    return replyProblem(response, 403, 'origin', 'only the console’s own page may use this');
  const name = pathname.slice(API.length);
  try {
    if (request.method === 'GET') await ask(parts, name, searchParams, request, response);
    else if (request.method === 'POST') await act(parts, name, request, response);
    else replyProblem(response, 405, 'method', 'only GET and POST are known here');
  } catch (error) {
    answerFailure(parts, response, error);
  }
}

async function ask(
  { desk, operators, pulses, streams }: Parts,
  name: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (name === 'session') return replyShown(response, await operators.who(request));
  if (!(await operators.of(request))) return refuseStranger(response);
  if (name === 'pulse') {
    if (!pulses.listen(response, async () => (await operators.of(request)) !== undefined))
      replyProblem(response, 503, 'too_busy', 'too many pages listen already');
    return;
  }
  if (name === 'runs/events') {
    const leave = streams.enter();
    if (!leave) return replyProblem(response, 503, 'too_busy', 'too many pages follow runs already');
    const isStill = async () => (await operators.of(request)) !== undefined;
    return streamRuns(desk, { query, request, isStill }, response).finally(leave);
  }
  if (name === 'audit/export') return exportAudit(desk, query, response);
  const question = Object.hasOwn(QUESTIONS, name) ? QUESTIONS[name] : undefined;
  if (!question) return replyProblem(response, 404, 'not_found', 'there is no such question');
  replyShown(response, await question(desk, query));
}

async function act(
  parts: Parts,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { desk, operators } = parts;
  if (name === 'session') return signIn(parts, request, response);
  const operator = await operators.of(request);
  if (!operator) return refuseStranger(response);
  if (name === 'session/end') {
    const cookie = operators.signOut(request);
    return replyShown(response, await operators.who(request), { headers: { 'set-cookie': cookie } });
  }
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!action) return replyProblem(response, 404, 'not_found', 'there is no such action');
  if (!operator.mayDecide)
    return replyProblem(
      response,
      403,
      'read_only',
      'here one may only look: make a token of stack (stackward token create stack), or serve with --local-operator',
    );
  const body = await readJsonBody(request, BODY_BYTES);
  replyShown(response, await action(desk, body, operator.name));
}

const SignIn = z.strictObject({ token: z.string().max(200) });

async function signIn(
  { desk, operators }: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { token } = SignIn.parse(await readJsonBody(request, BODY_BYTES));
  const signed = await operators.signIn(token.trim(), request, isOverTls(request));
  if (!signed)
    return replyProblem(
      response,
      401,
      'token',
      'that is no live token of an operator; stackward token create stack makes one',
    );
  await desk.stackward.recordEvent('console_signed_in', signed.operator.name, {});
  const who = { stack: desk.stackward.catalogs.graph().stack, operator: signed.operator, signIn: 'token' };
  replyShown(response, who, { headers: { 'set-cookie': signed.cookie } });
}

const refuseStranger = (response: ServerResponse): void =>
  replyProblem(response, 401, 'signed_out', 'sign in first');

const STATUS: Partial<Record<ErrorCode, number>> = {
  not_found: 404,
  not_linked: 404,
  invalid_arguments: 400,
  conflict: 409,
  approval_refused: 409,
  audit_unavailable: 503,
};

/** What is no answer of ours is logged, and the page hears nothing of it. Throws BodyError on. */
function answerFailure({ settings }: Parts, response: ServerResponse, error: unknown): void {
  if (error instanceof BodyError) throw error;
  if (response.headersSent) response.destroy();
  else if (error instanceof ToolError)
    replyProblem(
      response,
      STATUS[error.code] ?? 500,
      error.code,
      `${ERRORS[error.code].meaning} ${error.detail}`,
    );
  else if (error instanceof z.ZodError)
    replyProblem(response, 400, 'invalid_arguments', error.issues.map(({ message }) => message).join('; '));
  else {
    settings.onProblem(error instanceof Error ? (error.stack ?? error.message) : String(error));
    replyProblem(response, 500, 'internal', 'the request could not be answered; the log says why');
  }
}
