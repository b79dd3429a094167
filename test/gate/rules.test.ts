import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openGate } from '../../src/gate/gate.ts';
import { assertGrant } from '../../src/gate/grant.ts';
import { askRule, type GateState, type ProposedWrite, RULES } from '../../src/gate/rules.ts';
import { openQuota } from '../../src/store/quota.ts';
import { buildCatalog } from '../../src/toolset/catalog.ts';
import { flagsFrom } from '../../src/toolset/flags.ts';
import type { WriteGrant } from '../../src/toolset/grant.ts';
import { type Lab, openLab, TOPOLOGY } from '../call/lab.ts';
import { gateOn } from '../harness/gate-files.ts';
import { granted } from '../harness/granted.ts';

const labs: Lab[] = [];
afterEach(() => Promise.all(labs.splice(0).map((one) => one.close())));

/** A write that every rule passes, the state that passes it, and the gate on both. */
async function passing(topology = TOPOLOGY, tool = 'probe_write') {
  const lab = await openLab({ topology });
  labs.push(lab);
  const catalog = lab.catalogs.of('stack');
  const entry = catalog.tools.get(tool);
  const at = entry?.targets.get('store/a');
  if (entry?.tool.access !== 'write' || !at) throw new Error('the lab has no such write');
  const write: ProposedWrite = {
    callId: 'call-1',
    catalog,
    tool: entry.tool,
    service: entry.service,
    at,
    args: { key: 'k' },
    scope: { resources: ['row k'], atMost: 1 },
  };
  const { approvals, diagnoses, killSwitch } = gateOn(lab.dir);
  const state: GateState = {
    flags: flagsFrom({ MCP_STORE_WRITE_ACCESS: 'true' }),
    rate: openQuota({ limit: 2, windowMs: 60_000 }),
    killSwitch,
    diagnoses: { find: async () => undefined },
    isInForce: async () => true,
    isBreakerClosed: () => true,
  };
  const gateOf = (more: Partial<Omit<GateState, 'diagnoses'>> & { approvals?: typeof approvals } = {}) =>
    openGate({ ...state, approvals, shown: (words) => z.json().parse(words), ...more, diagnoses });
  return { lab, write, state, approvals, gateOf };
}

const failed = async (write: ProposedWrite, state: GateState) =>
  (await Promise.all(RULES.map((rule) => askRule(rule, write, state))))
    .filter(({ passed }) => !passed)
    .map(({ rule }) => rule);

type Part = { write: ProposedWrite; state: GateState };
const withScope = ({ write, state }: Part, scope: ProposedWrite['scope']): Part => ({
  write: { ...write, scope },
  state,
});

test('a write that nothing speaks against is granted, for this call alone', async () => {
  const { write, state, gateOf } = await passing();
  expect(await failed(write, state)).toEqual([]);
  const decision = await gateOf().decide(write);
  expect(decision).toMatchObject({
    kind: 'granted',
    verdict: { passed: true, reasons: [] },
    grant: { callId: 'call-1', principal: 'stack', tool: 'probe_write', target: 'store/a' },
  });
});

const ALONE: Record<string, (part: Part) => Part> = {
  'writes not stopped': ({ write, state }) => ({
    write,
    state: { ...state, killSwitch: { read: async () => ({ on: true, by: 'ann', reason: 'an incident' }) } },
  }),
  'topology in force': ({ write, state }) => ({ write, state: { ...state, isInForce: async () => false } }),
  'write flag on': ({ write, state }) => ({ write, state: { ...state, flags: flagsFrom({}) } }),
  'not protected': ({ write, state }) => ({
    write: { ...write, at: { ...write.at, component: { ...write.at.component, isProtected: true } } },
    state,
  }),
  'explicit scope': (part) => withScope(part, { resources: ['*'], atMost: 1 }),
  'within blast radius': (part) => withScope(part, { resources: ['row k'], atMost: 11 }),
  'within write rate': ({ write, state }) => ({
    write,
    state: { ...state, rate: openQuota({ limit: 0, windowMs: 1 }) },
  }),
  'breaker closed': ({ write, state }) => ({ write, state: { ...state, isBreakerClosed: () => false } }),
};

test.each(Object.entries(ALONE))('%s refuses on its own', async (rule, spoil) => {
  const part = await passing();
  const { write, state } = spoil(part);
  expect(await failed(write, state)).toEqual([rule]);
  const decision = await part.gateOf(state).decide(write);
  expect(decision).toMatchObject({ kind: 'refused', verdict: { passed: false } });
  expect(decision.verdict.reasons).toHaveLength(1);
  expect(await part.approvals.list()).toEqual([]);
});

test('a target without a link is refused', async () => {
  const { write, state, lab } = await passing();
  const unlinked = buildCatalog(lab.catalogs.graph(), lab.services, state.flags, 'nobody');
  expect(await failed({ ...write, catalog: unlinked }, state)).toEqual(['target is linked', 'write flag on']);
  const other = { ...write, at: { ...write.at, target: { ...write.at.target, sub: 'zzz' } } };
  expect(await failed(other, state)).toContain('target is linked');
});

test.each([
  ['nothing', []],
  ['an empty name', ['']],
  ['blanks', ['  ']],
  ['a star', ['row *']],
  ['a question mark', ['row ?']],
  ['a percent sign', ['%']],
  ['all', ['ALL']],
  ['any', ['any']],
  ['one vague among many', ['row k', 'a*']],
])('a scope that names %s is not explicit', async (_name, resources) => {
  const part = await passing();
  const { write, state } = withScope(part, { resources, atMost: 1 });
  expect(await failed(write, state)).toContain('explicit scope');
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 11, 1e9])('a blast of %s is refused', async (atMost) => {
  const part = await passing();
  const { write, state } = withScope(part, { resources: ['row k'], atMost });
  expect(await failed(write, state)).toEqual(['within blast radius']);
});

test('more names than the radius are refused, whatever atMost says; the component only tightens', async () => {
  const part = await passing();
  const eleven = withScope(part, { resources: Array.from({ length: 11 }, (_, n) => `row ${n}`), atMost: 0 });
  expect(await failed(eleven.write, eleven.state)).toEqual(['within blast radius']);
  const at = (blastRadius: number): ProposedWrite => ({
    ...part.write,
    at: { ...part.write.at, component: { ...part.write.at.component, blastRadius } },
    scope: { resources: ['row k'], atMost: 5 },
  });
  expect(await failed(at(4), part.state)).toEqual(['within blast radius']);
  expect(await failed({ ...at(1_000), scope: { resources: ['row k'], atMost: 50 } }, part.state)).toEqual([
    'within blast radius',
  ]);
});

test.each(RULES.map((rule) => [rule.name, rule] as const))(
  '%s that throws counts as no',
  async (_name, rule) => {
    const { write, state } = await passing();
    const thrower = new Proxy(write, {
      get() {
        throw new Error('the store is away');
      },
    });
    const away = () => {
      throw new Error('the disk is away');
    };
    const broken = {
      flags: state.flags,
      rate: state.rate,
      killSwitch: { read: away },
      diagnoses: state.diagnoses,
      isInForce: away,
      isBreakerClosed: state.isBreakerClosed,
    };
    expect(await askRule(rule, thrower, broken)).toMatchObject({ rule: rule.name, passed: false });
  },
);

test('a flag store that is away refuses', async () => {
  const { write, gateOf, state } = await passing();
  const away = () => {
    throw new Error('connection refused');
  };
  const decision = await gateOf({ flags: { ...state.flags, read: away } }).decide(write);
  expect(decision).toMatchObject({ kind: 'refused' });
  expect(decision.verdict.reasons[0]).toMatch(/could not be checked/);
});

test('the rate counts granted writes of each principal, and forgets them after the window', async () => {
  let now = 1_000;
  const rate = openQuota({ limit: 2, windowMs: 100 }, () => now);
  for (const name of ['a', 'a', 'b']) expect(await rate.take(name)).toBeDefined();
  expect(await rate.take('a')).toBeUndefined();
  expect([await rate.used('a'), await rate.used('b'), await rate.used('c')]).toEqual([2, 1, 0]);
  now += 99;
  expect(await rate.used('a')).toBe(2);
  now += 2;
  expect(await rate.used('a')).toBe(0);
});

test('refused writes do not use up the rate; granted ones do', async () => {
  const { write, gateOf, state } = await passing();
  const gate = gateOf();
  for (let n = 0; n < 5; n++) await gate.decide({ ...write, scope: { resources: [], atMost: 0 } });
  expect(await state.rate.used('stack')).toBe(0);
  const decisions = await Promise.all([1, 2, 3].map(() => gate.decide(write)));
  expect(decisions.map(({ kind }) => kind).sort()).toEqual(['granted', 'granted', 'refused']);
});

test('what cannot be taken back asks; approval: writes asks for everything', async () => {
  const burn = await passing(TOPOLOGY, 'probe_burn');
  const decision = await burn.gateOf().decide(burn.write);
  expect(decision).toMatchObject({ kind: 'ask', verdict: { passed: false }, request: { way_back: 'none' } });
  const careful = await passing(TOPOLOGY.replace('type: probe, host', 'type: probe, approval: writes, host'));
  expect(await careful.gateOf().decide(careful.write)).toMatchObject({
    kind: 'ask',
    request: { way_back: 'the before-image is kept' },
  });
});

test('nobody is asked about a write that a rule refuses', async () => {
  const burn = await passing(TOPOLOGY, 'probe_burn');
  expect((await burn.gateOf({ isBreakerClosed: () => false }).decide(burn.write)).kind).toBe('refused');
  expect(await burn.approvals.list()).toEqual([]);
});

test('approvals that cannot be read refuse', async () => {
  const { write, gateOf, approvals } = await passing(TOPOLOGY, 'probe_burn');
  const away = () => {
    throw new Error('EIO');
  };
  expect(await gateOf({ approvals: { ...approvals, consume: away } }).decide(write)).toMatchObject({
    kind: 'refused',
  });
  expect(await gateOf({ approvals: { ...approvals, request: away } }).decide(write)).toMatchObject({
    kind: 'refused',
  });
});

test('arguments that JSON does not hold cannot be approved', async () => {
  const { write, gateOf } = await passing(TOPOLOGY, 'probe_burn');
  expect(await gateOf().decide({ ...write, args: { n: Number.NaN } })).toMatchObject({ kind: 'refused' });
});

test('a grant is the gate’s own object, for its own call, once', async () => {
  const of = (callId: string) => granted({ callId, principal: 'p', tool: 't', target: 'x' });
  const grant = of('one');
  const forged: WriteGrant = { ...grant };
  expect(() => assertGrant(forged, 'one')).toThrow(/only the gate/);
  expect(() => assertGrant(grant, 'two')).toThrow(/another call/);
  assertGrant(grant, 'one');
  expect(() => assertGrant(grant, 'one')).toThrow(/only the gate/);
  expect(Object.isFrozen(grant)).toBe(true);
});

test('a write that waited is held to the topology in force once more, right before it begins', async () => {
  const { gateOf, write } = await passing();
  let inForce: () => Promise<boolean> = async () => true;
  const asked = new Set<string>();
  const isInForce = (hash: string) => {
    asked.add(hash);
    return inForce();
  };
  const decision = await gateOf({ isInForce }).decide(write);
  if (decision.kind !== 'granted') throw new Error('the write was not granted');
  const { grant } = decision;
  await expect(grant.assertStands()).resolves.toBeUndefined();
  expect([...asked]).toEqual([write.catalog.graph.hash]);
  inForce = async () => false;
  await expect(grant.assertStands()).rejects.toMatchObject({
    code: 'write_refused',
    detail: expect.stringContaining('an edit of the topology was put in force meanwhile'),
  });
  inForce = async () => {
    throw new Error('the database is away');
  };
  await expect(grant.assertStands()).rejects.toMatchObject({ code: 'write_refused' });
});
