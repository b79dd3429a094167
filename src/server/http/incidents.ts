import type { IncomingMessage, ServerResponse } from 'node:http';
import { ToolError } from '../../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../../toolset/reach.ts';
import { replyError, replyJson } from './reply.ts';

/** What the server needs of the triage: the command line hands it in where the topology draws an agent for it. */
export interface IncidentDesk {
  /** The agent that the triage acts as. */
  readonly principal: string;
  alert(body: unknown): Promise<readonly { readonly run: string; readonly joined: boolean }[]>;
  follow(after: number, signal: AbortSignal): AsyncIterable<{ readonly id: number; readonly event: object }>;
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
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  const beat = setInterval(() => response.write(': alive\n\n'), BEAT_MS);
  try {
    for await (const { id, event } of desk.follow(Number(after), gone.signal)) {
      const isRoom = response.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
      if (!isRoom) await drained(response, gone.signal);
    }
  } finally {
    clearInterval(beat);
    response.end();
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
