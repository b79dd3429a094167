import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Documents } from '../store/documents.ts';
import type { JsonValue } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import { parseJson } from '../toolset/http/failure.ts';
import { type Bound, bindingOf } from './binding.ts';
import { isSameSeal, sealOf } from './seal.ts';

/**
 * More than this many questions of one principal no human would answer with care. Refused ones count until they
 * expire: a client that refuses its own could else ask without end, and every request is kept.
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
/** A write that waits for a human, as it lies in the store. */
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
/** What the human said, sealed so that it cannot be made up or moved to another call. */
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
  ): Promise<ApprovalRequest>;
  /** Records a human's answer. Throws ToolError('approval_refused') when the request is unknown, expired or decided already. */
  decide(
    id: string,
    answer: { decision: 'approved' | 'refused'; by: string; reason: string },
  ): Promise<Decision>;
  /** Uses up an approval of this very call, if there is one: at most once over all replicas. Throws when a human refused it. */
  consume(bound: Bound): Promise<ApprovalRequest | undefined>;
  list(): Promise<readonly KnownApproval[]>;
}

export type KnownApproval = ApprovalRequest & { readonly state: ApprovalState };

/** A request with what became of it. */
interface Found {
  readonly request: ApprovalRequest;
  readonly state: ApprovalState;
  readonly decision: Decision | undefined;
}

/**
 * Approvals, shared by every process and replica on one store and with one key.
 *
 * A request is `ID`; its answer `ID.decision`; `ID.used` marks it spent. Each is created where none may be, so
 * of two that come at once one wins; requests and answers are sealed, so that neither what the human reads nor what the
 * human said can be edited. Requests expire `ttlMs` after they were made, answered or not, and are swept an hour later.
 */
export function openApprovals(
  documents: Documents,
  { key, ttlMs = 15 * 60_000, now = Date.now }: { key: Buffer; ttlMs?: number; now?: () => number },
): Approvals {
  const readAll = async (): Promise<readonly Found[]> => {
    const texts = new Map((await documents.all()).map(({ key: name, text }) => [name, text]));
    return [...texts.keys()]
      .filter((id) => ID.test(id))
      .flatMap((id) => foundIn(texts, id, { key, now: now() }) ?? [])
      .sort((a, b) => (a.request.created < b.request.created ? -1 : 1));
  };
  /** Everything that still counts; what ended long ago is removed. */
  const sweep = async (): Promise<readonly Found[]> => {
    const found = await readAll();
    const isOver = ({ request }: Found) => Date.parse(request.expires) + SWEEP_MS <= now();
    // The request goes first: without it neither an answer nor the mark that it was used means anything.
    for (const { request } of found.filter(isOver))
      for (const part of ['', '.decision', '.used']) await documents.remove(`${request.id}${part}`);
    return found.filter((one) => !isOver(one));
  };

  return {
    list: async () => (await readAll()).map(({ request, state }) => ({ ...request, state })),
    async request(bound, shown) {
      const binding = bindingOf(bound);
      if (JSON.stringify([shown.args, shown.resources]).length > MAX_SHOWN)
        throw new ToolError(
          'invalid_arguments',
          `a human cannot read more than ${MAX_SHOWN} characters of arguments; make the write smaller`,
        );
      const asked = (await sweep()).filter(({ state }) => state === 'waiting' || state === 'refused');
      const open = asked.find(({ request, state }) => request.binding === binding && state === 'waiting');
      if (open) return open.request;
      if (asked.filter(({ request }) => request.principal === bound.principal).length >= MAX_ASKED)
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
      await documents.create(request.id, JSON.stringify({ ...request, mac: sealOf(key, request) }));
      return request;
    },
    async decide(id, answer) {
      const found = (await readAll()).find(({ request }) => request.id === id);
      if (!found)
        throw new ToolError(
          'approval_refused',
          `there is no approval request '${id}'; stackward approve lists them`,
        );
      if (found.state !== 'waiting')
        throw new ToolError(
          'approval_refused',
          `approval request ${id} is ${found.state}, so it cannot be decided`,
        );
      const decision = { id, binding: found.request.binding, ...answer, at: new Date(now()).toISOString() };
      const sealed = { ...decision, mac: sealOf(key, decision) };
      if (!(await documents.create(`${id}.decision`, JSON.stringify(sealed)))) {
        throw new ToolError(
          'approval_refused',
          `approval request ${id} was decided by somebody else just now`,
        );
      }
      return sealed;
    },
    async consume(bound) {
      const binding = bindingOf(bound);
      const mine = (await readAll()).filter(({ request }) => request.binding === binding);
      const refused = mine.find(({ state }) => state === 'refused');
      if (refused)
        throw new ToolError('approval_refused', `refused: ${refused.decision?.reason || 'no reason given'}`);
      const approved = mine.find(({ state }) => state === 'approved');
      if (!approved) return undefined;
      const isOurs = await documents.create(`${approved.request.id}.used`, new Date(now()).toISOString());
      return isOurs ? approved.request : undefined;
    },
  };
}

/** One request of a collection; undefined for one that was not sealed with this key. */
function foundIn(
  texts: ReadonlyMap<string, string>,
  id: string,
  { key, now }: { key: Buffer; now: number },
): Found | undefined {
  const stored = StoredRequest.safeParse(parseJson(texts.get(id) ?? ''));
  if (!stored.success) return undefined;
  const { mac, ...request } = stored.data;
  if (request.id !== id || !isSameSeal(mac, sealOf(key, request))) return undefined;
  const decision = decisionIn(texts.get(`${id}.decision`), request, key);
  const state = (): ApprovalState => {
    if (texts.has(`${id}.used`)) return 'used';
    if (Date.parse(request.expires) <= now) return 'expired';
    return decision?.decision ?? 'waiting';
  };
  return { request, decision, state: state() };
}

function decisionIn(text: string | undefined, request: ApprovalRequest, key: Buffer): Decision | undefined {
  const parsed = Decision.safeParse(parseJson(text ?? ''));
  if (!parsed.success) return undefined;
  const { mac, ...decision } = parsed.data;
  const isOurs =
    isSameSeal(mac, sealOf(key, decision)) &&
    decision.id === request.id &&
    decision.binding === request.binding;
  return isOurs ? parsed.data : undefined;
}

const newId = (): string =>
  [...randomBytes(12)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte % 32]).join('');
