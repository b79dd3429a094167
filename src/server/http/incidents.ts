import type { IncomingMessage, ServerResponse } from 'node:http';
import { ToolError } from '../../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../../toolset/reach.ts';
import type { ShownKept, ShownRun, ShownRunEvent } from '../console/run-wire.ts';
import { replyError, replyJson } from './reply.ts';

/** What the server needs of the triage: the command line hands it in where the topology draws an agent for it. */
export interface IncidentDesk {
  /** The agent that the triage acts as. */
  readonly principal: string;
  alert(body: unknown): Promise<readonly { readonly run: string; readonly joined: boolean }[]>;
  /** Events after a number and then each as it comes; of the named runs alone where some are named. */
  follow(
    after: number,
    signal: AbortSignal,
    runs?: ReadonlySet<string>,
  ): AsyncIterable<{ readonly id: number; readonly event: ShownRunEvent }>;
  /** The number of the newest event; 0 before the first. */
  last(): number;
  /** Runs, newest first: those that began before one, or the newest. */
  page(question: { readonly before?: string; readonly limit: number }): readonly ShownRun[];
  /** What the models and gates of a run looked at, masked. Throws ToolError('not_found'). */
  kept(run: string): Promise<ShownKept>;
  /** Incident scripts on a mock: only a demonstration has them. */
  readonly drills?: DrillDesk;
}

/** Starts incident scripts, one at a time. */
export interface DrillDesk {
  readonly scenarios: readonly { readonly name: string; readonly title: string }[];
  /** Resolves before it ends. Throws ToolError('not_found' | 'conflict'). */
  start(scenario: string): {
    readonly runs: Readonly<Record<'naive' | 'governed' | 'hardened', string>>;
    readonly ended: Promise<unknown>;
  };
}

/** So often a silent stream says that it lives. Milliseconds. */
const BEAT_MS = 15_000;

/** `POST /alerts`: what Alertmanager sends to a webhook. Answers before the runs end. */
export async function answerAlerts(
  desk: IncidentDesk | undefined,
  response: ServerResponse,
  body: unknown,
): Promise<void> {
  if (!desk) return replyError(response, 404, 'not_found', 'the topology draws no agent for a triage');
  try {
    replyJson(response, 202, { runs: await desk.alert(body) });
  } catch (error) {
    if (error instanceof ToolError && error.code === 'too_busy')
      return replyError(response, 503, error.code, error.detail, { 'retry-after': '30' });
    // What is wrong with an alert is said in our own words, and the caller sent it.
    if (error instanceof Error && error.name === 'AlertError')
      return replyError(response, 400, 'invalid_arguments', error.message);
    throw error;
  }
}

/**
 * `GET /events`: the events of every run as server-sent events, numbered; `Last-Event-ID` goes on after one.
 * Only the stack's own client and the triage itself may listen: events tell of components that others are not linked to.
 */
export async function answerEvents(
  desk: IncidentDesk | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  principal: string | undefined,
): Promise<void> {
  if (!desk) return replyError(response, 404, 'not_found', 'the topology draws no agent for a triage');
  if (principal !== undefined && principal !== STACK_PRINCIPAL && principal !== desk.principal)
    return replyError(response, 403, 'not_linked', 'events are for the stack’s own client and the triage');
  const after = String(request.headers['last-event-id'] ?? '0');
  if (!/^\d{1,15}$/.test(after))
    return replyError(response, 400, 'invalid_arguments', 'Last-Event-ID is the number of an event');
  await streamEvents(response, (signal) => desk.follow(Number(after), signal));
}

interface StreamOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes an event fit for its reader. */
  shown?(event: object): unknown;
  /** Asked with each event and each beat; the stream ends with `ended` once it says no. */
  isStill?(): Promise<boolean>;
}

/** Writes numbered events as server-sent events until the reader is gone, waiting for one that is slow. */
export async function streamEvents(
  response: ServerResponse,
  follow: (signal: AbortSignal) => AsyncIterable<{ readonly id: number; readonly event: object }>,
  { headers = {}, shown = (event) => event, isStill = async () => true }: StreamOptions = {},
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  const live = async () => {
    const may = await isStill().catch(() => false);
    if (!may) gone.abort();
    else if (!response.writableEnded) response.write(': alive\n\n');
  };
  const beat = setInterval(() => void live(), BEAT_MS);
  try {
    for await (const { id, event } of follow(gone.signal)) {
      if (!(await isStill())) break;
      const isRoom = response.write(`id: ${id}\ndata: ${JSON.stringify(shown(event))}\n\n`);
      if (!isRoom) await drained(response, gone.signal);
    }
  } finally {
    clearInterval(beat);
    const may = await isStill().catch(() => false);
    response.end(may ? '' : 'event: ended\ndata: {}\n\n');
  }
}

/** A slow reader is waited for, instead of keeping all that it has not read. */
const drained = (response: ServerResponse, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const go = () => {
      response.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    response.once('drain', go);
    signal.addEventListener('abort', go, { once: true });
  });
