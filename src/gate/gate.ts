import type { Check, Verdict } from '../audit/record.ts';
import type { JsonValue } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import type { WriteGrant } from '../toolset/grant.ts';
import type { ApprovalRequest, Approvals } from './approvals.ts';
import type { Bound } from './binding.ts';
import { boundOf, type Diagnoses, isHeldToDiagnosis } from './diagnoses.ts';
import { makeGrant } from './grant.ts';
import { askRule, type GateState, type ProposedWrite, RULES, whyApproval } from './rules.ts';

/** What the gate decided about one write. `ask`: everything else passed, and a human has to approve. */
export type GateDecision =
  | { readonly kind: 'granted'; readonly verdict: Verdict; readonly grant: WriteGrant }
  | { readonly kind: 'refused'; readonly verdict: Verdict }
  | { readonly kind: 'ask'; readonly verdict: Verdict; readonly request: ApprovalRequest };

export interface Gate {
  decide(write: ProposedWrite): GateDecision;
  /**
   * Whether a way back may be tried: every rule is asked, and nothing is used up by it. A human approves the step
   * itself, and the rate counts it, when it changes something.
   */
  decideTrial(write: ProposedWrite): Exclude<GateDecision, { kind: 'ask' }>;
  /** Asked once more when a granted write is about to begin: it may have waited. Throws ToolError('write_refused'). */
  assertNotStopped(): void;
}

/**
 * The one place where a write is allowed or refused. Deny by default: every rule must pass, and where a human has
 * to approve, an unspent approval of this very call must exist.
 * @param deps.shown makes the caller's words fit to be shown to the human and stored in a request: masked, nothing hidden
 */
export function openGate(
  deps: GateState & { diagnoses: Diagnoses; approvals: Approvals; shown: (words: unknown) => JsonValue },
): Gate {
  return {
    assertNotStopped() {
      const why = whyStopped(deps);
      if (why !== undefined) throw new ToolError('write_refused', why);
    },
    decideTrial(write) {
      const verdict = verdictOf(
        RULES.filter(({ counts }) => counts !== 'changes').map((rule) => askRule(rule, write, deps)),
      );
      if (!verdict.passed) return { kind: 'refused', verdict };
      return { kind: 'granted', verdict, grant: makeGrant({ ...grantedTo(write), isTrial: true }) };
    },
    decide(write) {
      const checks = RULES.map((rule) => askRule(rule, write, deps));
      const refusal = verdictOf(checks);
      if (!refusal.passed) return { kind: 'refused', verdict: refusal };
      const why = whyApproval(write);
      if (why !== undefined) {
        const approval = askApproval(write, why);
        checks.push(approval.check);
        if (!approval.check.passed) {
          const verdict = verdictOf(checks);
          return approval.request
            ? { kind: 'ask', verdict, request: approval.request }
            : { kind: 'refused', verdict };
        }
      }
      const spent = spendDiagnosis(write);
      if (spent) {
        const verdict = verdictOf([...checks, spent]);
        return { kind: 'refused', verdict };
      }
      deps.rate.count(write.catalog.principal);
      return { kind: 'granted', verdict: verdictOf(checks), grant: makeGrant(grantedTo(write)) };
    },
  };

  /** A recorded diagnosis allows each of its writes once. The check that failed, if somebody used it up just now. */
  function spendDiagnosis(write: ProposedWrite): Check | undefined {
    if (!isHeldToDiagnosis(write)) return undefined;
    const rule = 'diagnosis unspent';
    try {
      if (deps.diagnoses.spend(boundOf(write))) return undefined;
      return { rule, passed: false, reason: 'its write was made already' };
    } catch {
      return { rule, passed: false, reason: 'the diagnoses cannot be kept, which counts as no' };
    }
  }

  function askApproval(write: ProposedWrite, why: string) {
    const rule = 'approved by a human';
    const bound: Bound = boundOf(write);
    try {
      const approved = deps.approvals.consume(bound);
      if (approved) return { check: { rule, passed: true, reason: `approval ${approved.id}` } };
      const wayBack = write.tool.effect.irreversible === undefined ? 'the before-image is kept' : 'none';
      const resources = write.scope.resources.map((name) => String(deps.shown(name)));
      const shown = { args: deps.shown(write.args), why, resources, wayBack };
      return {
        check: { rule, passed: false, reason: `nobody has approved it yet, and ${why}` },
        request: deps.approvals.request(bound, shown),
      };
    } catch (error) {
      const reason =
        error instanceof ToolError ? error.detail : 'approvals cannot be read, which counts as no';
      return { check: { rule, passed: false, reason } };
    }
  }
}

const grantedTo = ({ callId, catalog, tool, at }: ProposedWrite) => ({
  callId,
  principal: catalog.principal,
  tool: tool.name,
  target: at.target.name,
});

/** Why nobody writes at this moment; a switch that cannot be read counts as on. */
function whyStopped({ killSwitch }: GateState): string | undefined {
  try {
    const { on, by, reason } = killSwitch.read();
    return on ? `${by} stopped all writes while this one waited, so nothing was done: ${reason}` : undefined;
  } catch {
    return 'the kill switch cannot be read, which counts as on; nothing was done';
  }
}

const verdictOf = (checks: Verdict['checks']): Verdict => ({
  passed: checks.every((check) => check.passed),
  checks: [...checks],
  reasons: checks.filter((check) => !check.passed).map((check) => check.reason),
});
