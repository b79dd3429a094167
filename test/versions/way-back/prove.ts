import { expect } from 'vitest';
import type { ServiceDefinition } from '../../../src/toolset/define.ts';
import { STACK_PRINCIPAL } from '../../../src/toolset/reach.ts';
import { reportOf } from '../../../src/versions/report.ts';
import { openStack } from '../../harness/stack.ts';
import type { Cut } from './cut-short.ts';
import { cutShort } from './cut-short.ts';
import type { Bench, ForGood, Scene } from './lab.ts';

/** A stack of its own for each scene: its versions begin with the write, and its write rate is unspent. */
async function onStack(
  { topology, env }: Bench,
  services: ReadonlyMap<string, ServiceDefinition> | undefined,
  work: (stack: Awaited<ReturnType<typeof opened>>) => Promise<void>,
): Promise<void> {
  const stack = await opened(topology, env, services);
  try {
    await work(stack);
  } finally {
    await stack.close();
  }
}

async function opened(
  topology: string,
  env: Bench['env'],
  services: ReadonlyMap<string, ServiceDefinition> | undefined,
) {
  const stack = await openStack({
    topology,
    env: { ...env },
    operatorApproval: true,
    ...(services ? { services } : {}),
  });
  const { history, approvals } = stack.stackward;
  const call = (tool: string, args: Scene['args']) => stack.call(tool, JSON.parse(JSON.stringify(args)));
  const run = { principal: STACK_PRINCIPAL, by: 'tester', signal: new AbortController().signal };
  const rollBack = async (to: number, digest: string) =>
    reportOf(await history.rollbacks.begin({ to, digest }, run));
  return {
    now: () => history.versions.version(),
    call,
    close: stack.close,
    async write(tool: string, args: Scene['args']) {
      const answer = await call(tool, args);
      expect(answer.isError, `${tool} ${JSON.stringify(answer.content)}`).toBe(false);
    },
    /** An operator approves what waits for one. */
    async approve() {
      const waiting = (await approvals.list()).filter(({ state }) => state === 'waiting');
      expect(waiting).toHaveLength(1);
      const decision = { decision: 'approved', by: 'an operator', reason: 'a test' } as const;
      for (const { id } of waiting) await approvals.decide(id, decision);
    },
    plan: (to: number) => history.plan(STACK_PRINCIPAL, to),
    /** Makes the one step of a plan, as a rollback would whose plan did not find what is in the way. */
    async takeBack(of: number) {
      const { change, after } = await history.versions.files.read(of);
      if (!change) throw new Error(`version ${of} was made by no write`);
      return stack.stackward.call({
        principal: undefined,
        id: 'step',
        toolName: change.tool,
        args: { ...(change.args as object), target: change.target },
        signal: new AbortController().signal,
        undo: { kind: 'revert', of, before: change.before, after },
      });
    },
    async rollBack(to: number) {
      const { digest, obstacles } = await history.plan(STACK_PRINCIPAL, to);
      expect(obstacles).toEqual([]);
      return rollBack(to, digest);
    },
    /** Why a rollback does not come back: what is found before its first change, or else at its step. */
    async whyNot(to: number) {
      const { digest, obstacles } = await history.plan(STACK_PRINCIPAL, to);
      if (obstacles.length > 0) return obstacles;
      const { results } = await rollBack(to, digest);
      return results.flatMap(({ result, detail }) => (result === 'failed' ? [detail ?? ''] : []));
    },
  };
}

/** State, write, somebody's change beside it, back, made again, and back once more. */
export const provesRoundTrip = (bench: Bench, tool: string, scene: Scene): Promise<void> =>
  onStack(bench, undefined, async (stack) => {
    const { result = 'restored', alike = (own: unknown) => own } = scene;
    const start = stack.now();
    const before = await scene.read();
    await stack.write(tool, scene.args);
    const written = stack.now();
    const after = await scene.read();
    if (!scene.isTraceless) expect(after.own, 'the write changed nothing').not.toEqual(before.own);
    const others = await changedBeside(scene, before.others);

    const back = await stack.rollBack(start);
    expect(await scene.read(), 'taken back').toEqual({ own: before.own, others });
    expect(back, back.verdict).toMatchObject({ results: [{ result }], at_target: result === 'restored' });

    if (scene.onlyOnce !== undefined) {
      expect(await stack.whyNot(written)).toEqual([expect.stringContaining(scene.onlyOnce)]);
      expect(await scene.read(), 'not made again').toEqual({ own: before.own, others });
      return;
    }
    const again = await stack.rollBack(written);
    expect(again.results, again.verdict).toMatchObject([{ result: 'restored_unverified' }]);
    expect(alike((await scene.read()).own), 'made again').toEqual(alike(after.own));

    const once = await stack.rollBack(start);
    expect(await scene.read(), 'taken back once more').toEqual({ own: before.own, others });
    expect(once, once.verdict).toMatchObject({ results: [{ result }] });
  });

async function changedBeside(scene: Scene, others: unknown): Promise<unknown> {
  if (typeof scene.beside !== 'function') return others;
  await scene.beside();
  const changed = (await scene.read()).others;
  expect(changed, 'nothing was changed beside it').not.toEqual(others);
  return changed;
}

/** State, write, somebody else's change of the same, back: refused, and nothing of theirs is overwritten. */
export const provesConflict = (bench: Bench, tool: string, scene: Scene): Promise<void> =>
  onStack(bench, undefined, async (stack) => {
    if (typeof scene.interfere !== 'function') throw new Error('nobody can come in between here');
    const start = stack.now();
    await stack.write(tool, scene.args);
    const written = await scene.read();
    await scene.interfere();
    const theirs = await scene.read();
    expect(theirs.own, 'nobody came in between').not.toEqual(written.own);
    const { obstacles, steps } = await stack.plan(start);
    expect(await scene.read(), 'left as it is by planning').toEqual(theirs);
    if (obstacles.length > 0) {
      // Found before the first change; the step itself must not overwrite it either.
      const taken = await stack.takeBack(steps[0]?.of ?? 0);
      expect(taken.outcome, taken.text).toBe('error');
    } else {
      const report = await stack.rollBack(start);
      expect(report.results, report.verdict).toMatchObject([
        { result: 'failed', detail: expect.any(String) },
      ]);
      expect(report.at_target).toBe(false);
    }
    expect(await scene.read(), 'left as it is').toEqual(theirs);
  });

/**
 * State, a write that is cut short, back: as before, or refused and left as the write left it. What was done and
 * recorded comes back in any case.
 */
export const provesCutShort = (bench: Bench, tool: string, cut: Cut, scene: Scene): Promise<void> =>
  onStack(bench, cutShort(tool, cut), async (stack) => {
    const start = stack.now();
    const before = await scene.read();
    const answer = await stack.call(tool, scene.args);
    expect(JSON.stringify(answer), 'the write was not cut short').toContain('outcome_unknown');
    const left = await scene.read();
    if ((await stack.plan(start)).obstacles.length > 0) {
      expect(cut, 'what was done or recorded comes back').toBe('at its record');
      expect(await scene.read(), 'left as it is by planning').toEqual(left);
      return;
    }
    const report = await stack.rollBack(start);
    const now = await scene.read();
    const mayStay = cut === 'at its record' && report.results.some(({ result }) => result === 'failed');
    expect(now, report.verdict).toEqual(mayStay ? left : before);
    if (cut === 'before it began') expect(left).toEqual(before);
    if (cut === 'after it was done')
      expect(report.results, report.verdict).toMatchObject([{ result: scene.result ?? 'restored' }]);
  });

/** A write without a way back: a human approves it, and a rollback over it plans and does nothing and says why. */
export const provesForGood = (bench: Bench, tool: string, declared: string, given: ForGood): Promise<void> =>
  onStack(bench, undefined, async (stack) => {
    const { args, why = declared } = given;
    const start = stack.now();
    const asked = await stack.call(tool, args);
    expect(JSON.stringify(asked), 'nobody was asked').toContain('approval_required');
    await stack.approve();
    await stack.write(tool, args);
    expect(await stack.plan(start)).toMatchObject({ steps: [], not_reversible: [{ tool, why }] });
    const report = await stack.rollBack(start);
    expect(report).toMatchObject({
      results: [{ tool, result: 'not_reversible', detail: why }],
      at_target: false,
    });
  });
