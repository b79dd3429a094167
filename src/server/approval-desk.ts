import { createHash } from 'node:crypto';
import { type InputRequiredResult, inputRequired, inputResponse } from '@modelcontextprotocol/server';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { neutralise } from '../call/neutralise.ts';
import type { CallRequest } from '../call/stages.ts';
import type { ApprovalRequest } from '../gate/approvals.ts';
import type { Stackward } from '../stackward.ts';
import { ToolError } from '../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import { type Asked, type Opened, openApprovalSeal } from './approval-seal.ts';

const Form = z.strictObject({ approve: z.boolean(), reason: z.string().max(500).optional() });

/** A human reads all of what is approved, so a longer question is not asked here but by `stackward approve`. */
const MAX_QUESTION = 16 * 1024;

/** Asks a client's human about a write, and takes the answer. */
export interface ApprovalDesk {
  /** The question, with its sealed state; undefined when it is too long to be read by a human in a form. */
  ask(request: ApprovalRequest, call: CallRequest): Promise<InputRequiredResult | undefined>;
  /**
   * Records what the human said. Afterwards the very same call goes through the gate again, which grants or refuses it.
   * The question may have been asked by another replica. Throws ToolError('approval_refused') for an answer that does
   * not belong to this call, or came twice or too late.
   */
  settle(state: Opened, call: CallRequest, responses: Record<string, unknown> | undefined): Promise<void>;
  /** Opens a sealed state. Throws when it was forged, altered or has expired. */
  readonly open: (state: string) => Promise<Opened>;
}

const desks = new WeakMap<Stackward['approvals'], ApprovalDesk>();

/** The one desk of a Stackward, shared by its connections: an answer may come back on another one than it was asked on. */
export function approvalDeskOf(stackward: Stackward): ApprovalDesk {
  const known = desks.get(stackward.approvals);
  if (known) return known;
  const desk = openDesk(stackward);
  desks.set(stackward.approvals, desk);
  return desk;
}

function openDesk(stackward: Stackward): ApprovalDesk {
  const { nonces } = stackward;
  const { seal, open } = openApprovalSeal({ key: stackward.keys.of('request-state'), nonces });
  const record = (asked: Asked, decision: string, reason: string) =>
    stackward.recordEvent('approval_decided', asked.principal, {
      approval: asked.approval,
      tool: asked.tool,
      by: byOf(asked.principal),
      decision,
      reason,
    });
  const reject = async (asked: Asked, why: string): Promise<never> => {
    await record(asked, 'rejected', why);
    throw new ToolError('approval_refused', `${why}; make the call anew`);
  };

  return {
    open,
    async ask(request, call) {
      const message = questionOf(request);
      if (message.length > MAX_QUESTION) return undefined;
      return inputRequired({
        inputRequests: { approval: inputRequired.elicit({ message, requestedSchema: FORM_SCHEMA }) },
        requestState: await seal(askedOf(request, call)),
      });
    },
    async settle({ asked, jti, exp }, call, responses) {
      const expected = askedOf({ ...asked, id: asked.approval }, call);
      if (canonicalize(asked) !== canonicalize(expected))
        await reject(expected, 'the answer belongs to another call');
      if (asked.topology !== stackward.catalogs.graph().hash)
        await reject(asked, 'the topology was changed since the question');
      const { decision, reason } = decisionOf(responses);
      if (!(await nonces.consumeNonce(jti, new Date(exp * 1000))))
        await reject(asked, 'the answer was given before');
      try {
        const id = await requestHere(stackward, asked, call);
        await stackward.approvals.decide(id, { decision, by: byOf(asked.principal), reason });
      } catch (error) {
        await record(asked, 'rejected', error instanceof ToolError ? error.detail : 'it could not be stored');
        throw error;
      }
      await record(asked, decision, reason);
    },
  };
}

/**
 * The open request that the answer is for. Where another replica asked and its requests do not lie here, the gate is
 * asked again for the very same call; what it then wants approved has to be what the human was shown.
 */
async function requestHere(stackward: Stackward, asked: Asked, call: CallRequest): Promise<string> {
  const known = await stackward.approvals.list();
  if (known.some(({ id }) => id === asked.approval)) return asked.approval;
  const { ask } = await stackward.call(call);
  if (ask?.binding === asked.binding) return ask.id;
  throw new ToolError('approval_refused', 'what would run now is not what was asked; make the call anew');
}

const askedOf = (
  { id, binding, topology }: Pick<ApprovalRequest, 'id' | 'binding' | 'topology'>,
  call: CallRequest,
): Asked => ({
  approval: id,
  principal: call.principal ?? STACK_PRINCIPAL,
  tool: call.toolName,
  args: createHash('sha256')
    .update(canonicalize(call.args) ?? '')
    .digest('hex'),
  binding,
  topology,
});

/** Only an accepted form whose box is ticked is a yes. */
function decisionOf(responses: Record<string, unknown> | undefined) {
  const response = inputResponse(responses, 'approval');
  if (response.kind !== 'elicit')
    throw new ToolError('approval_refused', 'the call came back without an answer of a human');
  if (response.action !== 'accept')
    return { decision: 'refused' as const, reason: response.action === 'decline' ? 'declined' : 'dismissed' };
  const form = Form.safeParse(response.content);
  if (!form.success) return { decision: 'refused' as const, reason: 'the form was not filled in as asked' };
  const { approve, reason } = form.data;
  return approve
    ? { decision: 'approved' as const, reason: reason ?? '' }
    : { decision: 'refused' as const, reason: reason || 'not approved' };
}

const byOf = (principal: string) => `elicitation through the client of ${principal}`;

const FORM_SCHEMA = {
  type: 'object' as const,
  properties: {
    approve: {
      type: 'boolean' as const,
      title: 'Approve',
      description: 'Tick to let exactly this call run, once',
      default: false,
    },
    reason: { type: 'string' as const, title: 'Reason', description: 'Kept in the audit', maxLength: 500 },
  },
  required: ['approve'],
};

/** Everything that the approval covers, in the words that the human decides on. */
function questionOf(request: ApprovalRequest): string {
  const lines = [
    `${request.principal} asks to run ${request.tool} on ${request.target}.`,
    `Arguments: ${JSON.stringify(request.args, null, 2)}`,
    // Quoted: a name is the caller's text, and a line break in it must not write a line of this question.
    `Changes: ${request.resources.map((name) => JSON.stringify(name)).join(', ')}`,
    `Why you are asked: ${request.why}`,
    `Way back: ${request.way_back}`,
    `Open until ${request.expires}. Request ${request.id}.`,
  ];
  return neutralise(lines.join('\n'));
}
