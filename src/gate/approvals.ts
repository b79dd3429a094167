import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readOrMakeKey } from '../store/key-file.ts';
import type { JsonValue } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import { parseJson } from '../toolset/http/failure.ts';
import { type Bound, bindingOf } from './binding.ts';
import { createDurably, isSameSeal, sealOf } from './sealed-file.ts';

/**
 * More than this many questions of one principal no human would answer with care. Refused ones count until they
 * expire: a client that refuses its own could else ask without end, and every request is a file.
 */
const MAX_ASKED = 100;
/** How long after its end a request is swept away; the audit keeps what was decided. Every question reads what is kept. */
const SWEEP_MS = 60 * 60_000;

/** Longer than this, in characters of JSON, nobody reads what is to be approved; and every question reads all that wait. */
const MAX_SHOWN = 64 * 1024;

const ID = /^[a-z2-7]{12}$/;

const ApprovalRequest = z.strictObject({
  id: z.string().regex(ID),
  binding: z.string(),
  principal: z.string(),
  tool: z.string(),
  target: z.string(),
  /** Masked: shown to the human, never run. */
  args: z.json(),
  topology: z.string(),
  why: z.string(),
  resources: z.array(z.string()),
  way_back: z.string(),
  created: z.iso.datetime(),
  expires: z.iso.datetime(),
});
/** A write that waits for a human, as it lies in the data directory. */
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

const StoredRequest = ApprovalRequest.extend({ mac: z.string() });

const Decision = z.strictObject({
  id: z.string(),
  binding: z.string(),
  decision: z.enum(['approved', 'refused']),
  by: z.string(),
  reason: z.string(),
  at: z.iso.datetime(),
  mac: z.string(),
});
/** What the human said, sealed with the data directory's key so that it cannot be made up or moved to another call. */
export type Decision = z.infer<typeof Decision>;

export type ApprovalState = 'waiting' | 'approved' | 'refused' | 'used' | 'expired';

export interface Approvals {
  /**
   * The open request for this very call, made if there is none. `shown` is the masked form of the arguments. Throws
   * ToolError for more than a human can read, and for more questions than a human can answer.
   */
  request(
    bound: Bound,
    shown: { args: JsonValue; why: string; resources: readonly string[]; wayBack: string },
  ): ApprovalRequest;
  /** Records a human's answer. Throws ToolError('approval_refused') when the request is unknown, expired or decided already. */
  decide(id: string, answer: { decision: 'approved' | 'refused'; by: string; reason: string }): Decision;
  /** Uses up an approval of this very call, if there is one: true at most once. Throws when a human refused it. */
  consume(bound: Bound): ApprovalRequest | undefined;
  list(): readonly (ApprovalRequest & { state: ApprovalState })[];
}

/**
 * Approvals as files of `dir`, shared by every process on one data directory.
 *
 * A request is `ID.json`; its answer `ID.decision.json`; `ID.used` marks it spent. Each is created exclusively, so
 * of two processes one wins; requests and answers are sealed, so that neither what the human reads nor what the
 * human said can be edited. Requests expire `ttlMs` after they were made, answered or not, and are swept an hour later.
 */
export function openApprovals({
  dir,
  ttlMs = 15 * 60_000,
  now = Date.now,
}: {
  dir: string;
  ttlMs?: number;
  now?: () => number;
}): Approvals {
  const folder = join(dir, 'approvals');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = readOrMakeKey(join(dir, 'keys'), 'approvals');
  const path = (id: string, part: string) => join(folder, `${id}.${part}`);
  const seal = (content: Omit<Decision, 'mac'> | ApprovalRequest) => sealOf(key, content);

  const readRequest = (id: string): ApprovalRequest | undefined => {
    if (!ID.test(id) || !existsSync(path(id, 'json'))) return undefined;
    const parsed = StoredRequest.safeParse(parseJson(readFileSync(path(id, 'json'), 'utf8')));
    if (!parsed.success) return undefined;
    const { mac, ...request } = parsed.data;
    return isSameSeal(mac, seal(request)) && request.id === id ? request : undefined;
  };
  const readDecision = (request: ApprovalRequest): Decision | undefined => {
    if (!existsSync(path(request.id, 'decision.json'))) return undefined;
    const parsed = Decision.safeParse(parseJson(readFileSync(path(request.id, 'decision.json'), 'utf8')));
    if (!parsed.success) return undefined;
    const { mac, ...decision } = parsed.data;
    const isOurs =
      isSameSeal(mac, seal(decision)) && decision.id === request.id && decision.binding === request.binding;
    return isOurs ? parsed.data : undefined;
  };
  const stateOf = (request: ApprovalRequest): ApprovalState => {
    if (existsSync(path(request.id, 'used'))) return 'used';
    if (Date.parse(request.expires) <= now()) return 'expired';
    return readDecision(request)?.decision ?? 'waiting';
  };
  const list = () =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.json') && !name.endsWith('.decision.json'))
      .map((name) => readRequest(name.slice(0, -'.json'.length)))
      .filter((request) => request !== undefined)
      .map((request) => ({ ...request, state: stateOf(request) }))
      .sort((a, b) => (a.created < b.created ? -1 : 1));

  const sweep = () => {
    for (const { id, expires } of list()) {
      if (Date.parse(expires) + SWEEP_MS > now()) continue;
      // The request goes first: without it neither an answer nor the mark that it was used means anything.
      for (const part of ['json', 'decision.json', 'used']) rmSync(path(id, part), { force: true });
    }
  };
  sweep();

  return {
    list,
    request(bound, shown) {
      const binding = bindingOf(bound);
      if (JSON.stringify([shown.args, shown.resources]).length > MAX_SHOWN)
        throw new ToolError(
          'invalid_arguments',
          `a human cannot read more than ${MAX_SHOWN} characters of arguments; make the write smaller`,
        );
      sweep();
      const asked = list().filter(({ state }) => state === 'waiting' || state === 'refused');
      const open = asked.find((one) => one.binding === binding && one.state === 'waiting');
      if (open) return open;
      if (asked.filter((one) => one.principal === bound.principal).length >= MAX_ASKED)
        throw new ToolError(
          'rate_limited',
          `${MAX_ASKED} writes of ${bound.principal} wait for a human already, or were refused just now; have them answered, or wait`,
        );
      const request: ApprovalRequest = {
        id: newId(),
        binding,
        principal: bound.principal,
        tool: bound.tool,
        target: bound.target,
        args: shown.args as z.infer<typeof ApprovalRequest>['args'],
        topology: bound.topology,
        why: shown.why,
        resources: [...shown.resources],
        way_back: shown.wayBack,
        created: new Date(now()).toISOString(),
        expires: new Date(now() + ttlMs).toISOString(),
      };
      createDurably(path(request.id, 'json'), JSON.stringify({ ...request, mac: seal(request) }));
      return request;
    },
    decide(id, answer) {
      const request = readRequest(id);
      if (!request)
        throw new ToolError(
          'approval_refused',
          `there is no approval request '${id}'; stackward approve lists them`,
        );
      const state = stateOf(request);
      if (state !== 'waiting')
        throw new ToolError(
          'approval_refused',
          `approval request ${id} is ${state}, so it cannot be decided`,
        );
      const decision = { id, binding: request.binding, ...answer, at: new Date(now()).toISOString() };
      const sealed = { ...decision, mac: seal(decision) };
      if (!createDurably(path(id, 'decision.json'), JSON.stringify(sealed))) {
        throw new ToolError(
          'approval_refused',
          `approval request ${id} was decided by somebody else just now`,
        );
      }
      return sealed;
    },
    consume(bound) {
      const binding = bindingOf(bound);
      const mine = list().filter((one) => one.binding === binding);
      const refused = mine.find((one) => one.state === 'refused');
      if (refused)
        throw new ToolError(
          'approval_refused',
          `refused: ${readDecision(refused)?.reason || 'no reason given'}`,
        );
      const approved = mine.find((one) => one.state === 'approved');
      if (!approved) return undefined;
      return createDurably(path(approved.id, 'used'), new Date(now()).toISOString()) ? approved : undefined;
    },
  };
}

const newId = (): string =>
  [...randomBytes(12)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte % 32]).join('');
