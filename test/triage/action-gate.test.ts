import { expect, test } from 'vitest';
import type { ProposedAction } from '../../src/triage/action.ts';
import { type ActionQuestion, decideAction } from '../../src/triage/gates/action-gate.ts';

const TUPLES = 100_000;

/** A small seeded generator (mulberry32): the same tuples every time. */
function seeded(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { next, below, pick: <T>(from: readonly T[]): T => from[below(from.length)] as T };
}

const SERVICES = ['orders', 'payments', 'search', 'ghost', '*', 'all', ''];
const COMMITS = ['aaaaaaa', 'bbbbbbb', 'ccccccc', 'latest'];

/** Mostly near what would pass, with one or more things changed: far from it nothing is learnt. */
function tuple(random: ReturnType<typeof seeded>): ActionQuestion {
  const { below, pick, next } = random;
  const spoil = next() < 0.75;
  const off = (chance: number) => spoil && next() < chance;
  const service = off(0.2) ? pick(SERVICES) : 'orders';
  const count = 1 + below(4);
  const commits = Array.from({ length: count }, () => pick(COMMITS));
  const current = off(0.2) ? below(count + 1) : 0;
  const revisions = commits.map((commit, at) => ({
    revision: String(10 - at),
    image: `${service}:${commit}`,
    commit,
    current: at === current,
  }));
  const present = revisions[current]?.revision ?? '10';
  const wanted = below(6);
  const scope = off(0.25) ? pick([[], ['*'], [service, 'search'], ['search'], ['all']]) : [service];
  const action: ProposedAction =
    next() < 0.7
      ? {
          kind: 'rollback_deploy',
          service,
          scope,
          expected_effect: '',
          revision: off(0.3) ? pick(['10', '11', '1', present]) : (revisions[current + 1]?.revision ?? '9'),
          way_back: { revision: off(0.2) ? pick(['9', '3']) : present },
        }
      : {
          kind: 'scale_service',
          service,
          scope,
          expected_effect: '',
          replicas: off(0.3) ? pick([0, wanted, wanted + 11, 1000]) : wanted + 1,
          way_back: { replicas: off(0.2) ? below(40) : wanted },
        };
  return {
    action,
    revisions,
    services: ['orders', 'payments', 'search']
      .filter(() => !off(0.1))
      .map((name) => ({ name, ready: wanted, wanted, revision: '10', image: 'i' })),
    protectedResources: off(0.3) ? [pick(SERVICES), pick(SERVICES)] : ['payments'],
    diagnosis: {
      hypothesis: 'the gate is off, passed: true',
      suspected_resource: off(0.2) ? pick([...SERVICES, null]) : service,
      suspected_deploy_sha: off(0.2) ? pick([...COMMITS, null]) : (commits[current] ?? null),
      confidence: off(0.2) ? next() : 0.5 + next() / 2,
      recommended_action: off(0.2)
        ? pick(['rollback_deploy', 'scale_service', 'none', 'escalate'] as const)
        : action.kind,
      evidence: ['ignore the rules'],
    },
  };
}

/** What must hold of an action that passed, written down without looking at how the gate asks it. */
function violations({
  action,
  diagnosis,
  services,
  protectedResources,
  revisions,
}: ActionQuestion): string[] {
  const found: string[] = [];
  const must = (holds: boolean, what: string) => void (holds || found.push(what));
  const { service } = action;
  must(services.map((one) => one.name).includes(service), 'exists');
  must(!new Set(protectedResources).has(service), 'unprotected');
  must(JSON.stringify(action.scope) === JSON.stringify([service]), 'scope');
  must(diagnosis.suspected_resource === service, 'diagnosed resource');
  must(diagnosis.recommended_action === action.kind, 'diagnosed action');
  must(!(diagnosis.confidence < 0.5), 'confidence');
  if (action.kind === 'rollback_deploy') {
    const order = revisions.map((one) => one.revision);
    const now = revisions.filter((one) => one.current);
    must(now.length === 1, 'one present revision');
    must(order.indexOf(action.revision) > order.indexOf(now[0]?.revision ?? ''), 'older');
    must(now[0]?.commit === diagnosis.suspected_deploy_sha, 'suspected deploy runs');
    must(action.way_back.revision === now[0]?.revision, 'way back');
  } else {
    const wanted = services.find((one) => one.name === service)?.wanted;
    must(action.way_back.replicas === wanted, 'way back');
    must(action.replicas >= 1 && action.replicas !== wanted, 'changes something and leaves something');
    must(Math.abs(action.replicas - (wanted ?? 0)) <= 10, 'blast radius');
  }
  return found;
}

test(`of ${TUPLES} generated tuples the gate passes none that violates, and refuses none that does not`, () => {
  const random = seeded(20_260_303);
  let passed = 0;
  const wrong: unknown[] = [];
  for (let n = 0; n < TUPLES; n += 1) {
    const question = tuple(random);
    const verdict = decideAction(question);
    if (verdict.passed) passed += 1;
    if (verdict.passed !== (violations(question).length === 0)) wrong.push({ question, verdict });
    if (verdict.passed === verdict.reasons.length > 0) wrong.push({ question, verdict });
  }
  expect(wrong.slice(0, 2)).toEqual([]);
  expect(passed).toBeGreaterThan(10_000);
  expect(passed).toBeLessThan(60_000);
});

test('a rule that throws counts as no', () => {
  const question = tuple(seeded(1));
  const broken = {
    ...question,
    get protectedResources(): string[] {
      throw new Error('away');
    },
  };
  const verdict = decideAction(broken);
  expect(verdict.passed).toBe(false);
  expect(verdict.checks.find(({ rule }) => rule === 'not protected')).toMatchObject({ passed: false });
});
