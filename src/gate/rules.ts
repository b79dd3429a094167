import type { Check } from '../audit/record.ts';
import type { Held } from '../store/leases.ts';
import type { Quota } from '../store/quota.ts';
import { type AccessDecision, decideAccess, decideStackAccess } from '../toolset/access.ts';
import type { Catalog, CatalogTarget } from '../toolset/catalog.ts';
import type { ServiceDefinition, WriteScope, WriteTool } from '../toolset/define.ts';
import type { FlagStore } from '../toolset/flags.ts';
import { boundOf, type Diagnoses, isHeldToDiagnosis } from './diagnoses.ts';
import type { KillSwitch } from './kill-switch.ts';

/** One write as the gate sees it, after its arguments were validated. */
export interface ProposedWrite {
  readonly callId: string;
  readonly catalog: Catalog;
  // biome-ignore lint/suspicious/noExplicitAny: a tool of any service; its own types do not matter to the rules
  readonly tool: WriteTool<any, any, any>;
  readonly service: ServiceDefinition;
  readonly at: CatalogTarget;
  readonly args: unknown;
  readonly scope: WriteScope;
  /** What the write is held to; it stands only while that is held. */
  readonly lease?: Held;
}

/** What the rules ask besides the write itself. */
export interface GateState {
  readonly flags: FlagStore;
  /** Granted writes, by principal. */
  readonly rate: Quota;
  readonly killSwitch: Pick<KillSwitch, 'read'>;
  readonly diagnoses: Pick<Diagnoses, 'find'>;
  /** Whether the topology of this hash is the one in force, for every replica. Rejects when that cannot be told. */
  isInForce(hash: string): Promise<boolean>;
  /** Whether calls to a component pass at present. */
  isBreakerClosed(component: string): boolean;
}

type Answered = Omit<Check, 'rule'>;

/** A question that every write must answer with yes. Throwing counts as no. */
export interface Rule {
  readonly name: string;
  /** It counts what changes something, so a trial is not asked. */
  readonly counts?: 'changes';
  ask(write: ProposedWrite, state: GateState): Answered | Promise<Answered>;
}

const WILDCARDS = /[*?%]|^all$|^any$|^\s*$/i;

const passIf = (passed: boolean, yes: string, no: string): Answered => ({
  passed,
  reason: passed ? yes : no,
});

const reasoned = ({ allowed, reasons }: AccessDecision): Answered => ({
  passed: allowed,
  reason: reasons.at(-1) ?? 'nothing opens writes here',
});

/** The gate's rules, in the order in which a reader would ask them. Every one is asked; all must pass. */
export const RULES: readonly Rule[] = [
  {
    name: 'writes not stopped',
    async ask(_write, { killSwitch }) {
      const { on, by, reason } = await killSwitch.read();
      return passIf(!on, 'the kill switch is off', `${by} stopped all writes: ${reason}`);
    },
  },
  {
    name: 'topology in force',
    async ask({ catalog }, { isInForce }) {
      return passIf(await isInForce(catalog.graph.hash), 'nobody replaced it', REPLACED);
    },
  },
  {
    name: 'target is linked',
    ask({ catalog, at, tool }) {
      if (tool.reach === 'stack') return { passed: true, reason: 'it works on the stack itself' };
      const reach = catalog.reach.get(at.target.component);
      const linked = reach !== undefined && (at.target.sub === undefined || reach.subs.has(at.target.sub));
      return passIf(
        linked,
        `${at.target.name} is linked`,
        `no link of ${catalog.principal} reaches ${at.target.name}`,
      );
    },
  },
  {
    name: 'write flag on',
    ask({ catalog, at, tool }, { flags }) {
      if (tool.reach === 'stack') return reasoned(decideStackAccess('write', flags));
      const reach = catalog.reach.get(at.target.component);
      if (!reach)
        return { passed: false, reason: `no link of ${catalog.principal} reaches ${at.target.name}` };
      return reasoned(decideAccess(reach, at.target.sub, 'write', flags));
    },
  },
  {
    name: 'not protected',
    ask: ({ at }) =>
      passIf(
        !at.component.isProtected,
        `${at.component.name} is not protected`,
        `${at.component.name} is protected: true`,
      ),
  },
  {
    name: 'explicit scope',
    ask({ scope }) {
      const vague = scope.resources.find((name) => WILDCARDS.test(name));
      if (scope.resources.length === 0)
        return { passed: false, reason: 'the write names nothing that it would change' };
      return passIf(
        vague === undefined,
        `changes ${scope.resources.join(', ')}`,
        `'${vague}' is not an explicit name`,
      );
    },
  },
  {
    name: 'within blast radius',
    ask({ scope, service, at }) {
      const limit = Math.min(service.blastRadius, at.component.blastRadius ?? service.blastRadius);
      const size = Math.max(scope.atMost, scope.resources.length);
      return passIf(
        Number.isFinite(size) && size <= limit,
        `at most ${size} of ${limit}`,
        `could change ${size}, and ${at.component.name} allows ${limit} a call; ask for fewer`,
      );
    },
  },
  {
    name: 'within write rate',
    counts: 'changes',
    async ask({ catalog: { principal } }, { rate }) {
      const used = await rate.used(principal);
      return passIf(used < rate.limit, `${used} of ${perWindow(rate)}`, sayUsedUp(rate, principal));
    },
  },
  {
    name: 'breaker closed',
    ask: ({ at }, { isBreakerClosed }) =>
      passIf(
        isBreakerClosed(at.component.name),
        `${at.component.name} answers`,
        `${at.component.name} failed repeatedly; calls to it pause for a moment`,
      ),
  },
  {
    name: 'matches a recorded diagnosis',
    async ask(write, { diagnoses }) {
      const { principal } = write.catalog;
      if (!isHeldToDiagnosis(write)) return { passed: true, reason: `${principal} needs none for this` };
      const found = await diagnoses.find(boundOf(write));
      return passIf(
        found !== undefined,
        `diagnosis ${found?.id} of run ${found?.run}`,
        `${principal} says requires: diagnosis, and no diagnosis that counts proposes this very write`,
      );
    },
  },
];

/** What is said of a write that was judged under a topology which was replaced, maybe by another replica a moment ago. */
export const REPLACED =
  'an edit of the topology was put in force meanwhile; a replica takes it up within a second or so, so make the call again then';

const perWindow = ({ limit, windowMs }: Quota): string => `${limit} in ${windowMs / 1000} s`;

/** What a principal is told that has no write left for the moment. */
export const sayUsedUp = (rate: Quota, principal: string): string =>
  `${principal} has used its ${perWindow(rate)}; wait`;

/** Asks one rule; whatever it throws is a no. */
export async function askRule(rule: Rule, write: ProposedWrite, state: GateState): Promise<Check> {
  try {
    return { rule: rule.name, ...(await rule.ask(write, state)) };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown reason';
    return {
      rule: rule.name,
      passed: false,
      reason: `the rule could not be checked (${why}), which counts as no`,
    };
  }
}

/** Why a human has to approve this write, or undefined when none has to. */
export function whyApproval({ tool, at, scope }: ProposedWrite): string | undefined {
  if (tool.effect.irreversible !== undefined)
    return `it cannot be taken back: ${scope.irreversible ?? tool.effect.irreversible}`;
  if (at.component.approval === 'writes') return `${at.component.name} says approval: writes`;
  return undefined;
}
