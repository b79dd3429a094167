import type { Check, Verdict } from '../audit/record.ts';
import type { Taken } from '../store/quota.ts';
import type { Catalog } from '../toolset/catalog.ts';
import type { JsonValue } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import type { WriteGrant } from '../toolset/grant.ts';
import type { ApprovalRequest, Approvals } from './approvals.ts';
import type { Bound } from './binding.ts';
import { boundOf, type Diagnoses, isHeldToDiagnosis } from './diagnoses.ts';
import { makeGrant } from './grant.ts';
import {
  askRule,
  type GateState,
  type ProposedWrite,
  REPLACED,
  RULES,
  sayUsedUp,
  whyApproval,
} from './rules.ts';

/** What the gate decided about one write. `ask`: everything else passed, and a human has to approve. */
export type GateDecision =
  | { readonly kind: 'granted'; readonly verdict: Verdict; readonly grant: WriteGrant }
  | { readonly kind: 'refused'; readonly verdict: Verdict }
  | { readonly kind: 'ask'; readonly verdict: Verdict; readonly request: ApprovalRequest };

export interface Gate {
  /** Never rejects: what cannot be told counts as no. */
  decide(write: ProposedWrite): Promise<GateDecision>;
  /**
   * Whether a way back may be tried: every rule is asked, and nothing is used up by it. A human approves the step
   * itself, and the rate counts it, when it changes something. Never rejects.
   */
  decideTrial(write: ProposedWrite): Promise<Exclude<GateDecision, { kind: 'ask' }>>;
}

/**
 * The one place where a write is allowed or refused. Deny by default: every rule must pass, and where a human has
 * to approve, an unspent approval of this very call must exist.
 * @param deps.shown makes the caller's words fit to be shown to the human and stored in a request: masked, nothing hidden
 */
export function openGate(
  deps: GateState & {
    diagnoses: Diagnoses;
    approvals: Approvals;
    shown: (words: unknown) => JsonValue;
  },
): Gate {
  return {
    async decideTrial(write) {
      const asked = RULES.filter(({ counts }) => counts !== 'changes');
      const verdict = verdictOf(await Promise.all(asked.map((rule) => askRule(rule, write, deps))));
      if (!verdict.passed) return { kind: 'refused', verdict };
      return { kind: 'granted', verdict, grant: makeGrant({ ...grantedTo(write, deps), isTrial: true }) };
    },
    async decide(write) {
      const asked = await Promise.all(RULES.map((rule) => askRule(rule, write, deps)));
      const refusal = verdictOf(asked);
      if (!refusal.passed) return { kind: 'refused', verdict: refusal };
      const place = await takePlace(write);
      if ('refused' in place) return { kind: 'refused', verdict: verdictOf([...asked, place.refused]) };
      const decision = await spend(write, asked);
      // A write that does not run has used up none of the rate; a place that cannot be given back ends by itself.
      if (decision.kind !== 'granted') await place.taken.giveBack().catch(() => {});
      return decision;
    },
  };

  /** Others may have used up the rate since the rule was asked: a place is taken in one step with the look. */
  async function takePlace({ catalog }: ProposedWrite): Promise<{ taken: Taken } | { refused: Check }> {
    const rule = 'within write rate';
    try {
      const taken = await deps.rate.take(catalog.principal);
      return taken
        ? { taken }
        : { refused: { rule, passed: false, reason: sayUsedUp(deps.rate, catalog.principal) } };
    } catch {
      return {
        refused: { rule, passed: false, reason: 'the write rate cannot be kept, which counts as no' },
      };
    }
  }

  /** What allows one write alone is used up, and the grant made. */
  async function spend(write: ProposedWrite, asked: readonly Check[]): Promise<GateDecision> {
    const checks = [...asked];
    const why = whyApproval(write);
    if (why !== undefined) {
      const approval = await askApproval(write, why);
      checks.push(approval.check);
      if (!approval.check.passed) {
        const verdict = verdictOf(checks);
        return approval.request
          ? { kind: 'ask', verdict, request: approval.request }
          : { kind: 'refused', verdict };
      }
    }
    const spent = await spendDiagnosis(write);
    if (spent) return { kind: 'refused', verdict: verdictOf([...checks, spent]) };
    return { kind: 'granted', verdict: verdictOf(checks), grant: makeGrant(grantedTo(write, deps)) };
  }

  /** A recorded diagnosis allows each of its writes once. The check that failed, if somebody used it up just now. */
  async function spendDiagnosis(write: ProposedWrite): Promise<Check | undefined> {
    if (!isHeldToDiagnosis(write)) return undefined;
    const rule = 'diagnosis unspent';
    try {
      if (await deps.diagnoses.spend(boundOf(write))) return undefined;
      return { rule, passed: false, reason: 'its write was made already' };
    } catch {
      return { rule, passed: false, reason: 'the diagnoses cannot be kept, which counts as no' };
    }
  }

  async function askApproval(write: ProposedWrite, why: string) {
    const rule = 'approved by a human';
    const bound: Bound = boundOf(write);
    try {
      const approved = await deps.approvals.consume(bound);
      if (approved) return { check: { rule, passed: true, reason: `approval ${approved.id}` } };
      const wayBack = write.tool.effect.irreversible === undefined ? 'the before-image is kept' : 'none';
      const resources = write.scope.resources.map((name) => String(deps.shown(name)));
      const shown = { args: deps.shown(write.args), why, resources, wayBack };
      return {
        check: { rule, passed: false, reason: `nobody has approved it yet, and ${why}` },
        request: await deps.approvals.request(bound, shown),
      };
    } catch (error) {
      const reason =
        error instanceof ToolError ? error.detail : 'approvals cannot be read, which counts as no';
      return { check: { rule, passed: false, reason } };
    }
  }
}

const grantedTo = ({ callId, catalog, tool, at, lease }: ProposedWrite, state: GateState) => ({
  callId,
  principal: catalog.principal,
  tool: tool.name,
  target: at.target.name,
  async assertStands() {
    const [stopped, replaced] = await Promise.all([whyStopped(state), whyReplaced(catalog, state)]);
    const why = stopped ?? replaced;
    if (why !== undefined) throw new ToolError('write_refused', why);
    await assertHeld(lease);
  },
});

/** Whoever was paused past the end of a lease finds out here, at the last moment before an effect. Throws ToolError('conflict'). */
async function assertHeld(lease: ProposedWrite['lease']): Promise<void> {
  try {
    await lease?.assertHeld();
  } catch (cause) {
    const detail = 'somebody else may have taken over meanwhile, so nothing was done';
    throw new ToolError('conflict', detail, { cause });
  }
}

/** Why nobody writes at this moment; a switch that cannot be read counts as on. */
async function whyStopped({ killSwitch }: GateState): Promise<string | undefined> {
  try {
    const { on, by, reason } = await killSwitch.read();
    return on ? `${by} stopped all writes while this one waited, so nothing was done: ${reason}` : undefined;
  } catch {
    return 'the kill switch cannot be read, which counts as on; nothing was done';
  }
}

async function whyReplaced({ graph }: Catalog, { isInForce }: GateState): Promise<string | undefined> {
  try {
    return (await isInForce(graph.hash)) ? undefined : `nothing was done: ${REPLACED}`;
  } catch {
    return 'whether the topology is still in force cannot be told, which counts as no; nothing was done';
  }
}

const verdictOf = (checks: Verdict['checks']): Verdict => ({
  passed: checks.every((check) => check.passed),
  checks: [...checks],
  reasons: checks.filter((check) => !check.passed).map((check) => check.reason),
});
