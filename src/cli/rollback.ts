import { userInfo } from 'node:os';
import type { Stackward } from '../stackward.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import type { RollbackPlan, RollbackReport } from '../toolset/versions-view.ts';
import type { Journal } from '../versions/journal.ts';
import { reportOf } from '../versions/report.ts';
import type { RollbackOptions as RunOptions } from '../versions/rollback.ts';
import { EXIT, type TopologyOptions, UsageError, type World, writeJson, writeLine } from './command.ts';
import { isConfirmed } from './confirm.ts';
import { openStackward } from './open.ts';
import { bold, dim, green, red, yellow } from './print.ts';
import { numberIn } from './versions.ts';

export interface RollbackOptions extends TopologyOptions {
  readonly plan?: boolean;
  readonly component?: string;
  readonly yes?: boolean;
  readonly resume?: string;
  readonly abandon?: string;
  readonly pauseReconcilers?: boolean;
  readonly resumeReconcilers?: string;
}

/** `stackward rollback`: plans, asks, and rolls back; or goes on with one that stopped. */
export async function rollback(
  to: string | undefined,
  options: RollbackOptions,
  world: World,
): Promise<number> {
  const stackward = await openStackward(options, world);
  const interrupted = new AbortController();
  const onInterrupt = () => interrupted.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const { rollbacks } = stackward.history;
    if (options.abandon !== undefined) return tell(await rollbacks.abandon(options.abandon), options, world);
    const run = runOptions(options, world, interrupted.signal);
    if (options.resume !== undefined)
      return tell(await rollbacks.resume(options.resume, run), options, world);
    if (options.resumeReconcilers !== undefined)
      return tell(await rollbacks.resumeReconcilers(options.resumeReconcilers, run), options, world);
    if (to === undefined)
      throw new UsageError('name the version to roll back to; stackward versions list shows them');
    return await begin(numberIn(to), stackward, options, run, world);
  } finally {
    process.off('SIGINT', onInterrupt);
    await stackward.close();
  }
}

async function begin(
  to: number,
  stackward: Stackward,
  options: RollbackOptions,
  run: RunOptions,
  world: World,
): Promise<number> {
  const { component, pauseReconcilers = false } = options;
  const how = { ...(component === undefined ? {} : { component }), pause_reconcilers: pauseReconcilers };
  const plan = await stackward.history.plan(run.principal, to, how);
  if (options.plan) {
    if (options.json) writeJson(world.stdout, plan);
    else printPlan(plan, world);
    return plan.obstacles.length > 0 ? EXIT.failed : EXIT.ok;
  }
  if (!options.json) printPlan(plan, world);
  if (plan.obstacles.length > 0) return EXIT.failed;
  if (plan.steps.length === 0 && !plan.topology) {
    if (options.json) writeJson(world.stdout, { plan, done: 'nothing to do' });
    return EXIT.ok;
  }
  const instead = 'run it in a terminal, or look at --plan and add --yes';
  if (!options.yes && !(await isConfirmed(`Roll back to version ${to}?`, instead, world))) return EXIT.denied;
  const seen = { to, digest: plan.digest, ...how };
  return tell(await stackward.history.rollbacks.begin(seen, run), options, world);
}

function runOptions(options: RollbackOptions, world: World, signal: AbortSignal): RunOptions {
  return {
    principal: options.as ?? world.env.STACKWARD_AGENT ?? STACK_PRINCIPAL,
    by: userInfo().username,
    signal,
    onStep: ({ of, tool, target, state, result }, done, total) => {
      if (state === 'done')
        writeLine(world.stderr, `${done}/${total}  version ${of}  ${tool} on ${target}: ${result ?? state}`);
    },
  };
}

function printPlan(plan: RollbackPlan, world: World): void {
  const say = (line: string) => writeLine(world.stdout, line);
  const { to, from, digest, steps, not_reversible: stuck, topology, drift, obstacles } = plan;
  say(`from version ${from} to version ${bold(String(to))}, plan ${digest.slice(0, 12)}`);
  for (const { of, how, tool, target, resources, wave } of steps)
    say(
      `  ${dim(`wave ${wave}`)}  version ${of}  ${how === 'revert' ? 'take back' : 'make again'} ${bold(tool)} on ${target}  ${dim(resources.join(', '))}`,
    );
  if (topology) say('  the topology file is put back as it was');
  for (const { of, tool, target, why } of stuck)
    say(yellow(`  version ${of}  ${tool} on ${target} cannot be taken back: ${why}`));
  for (const { component, resource, change } of drift)
    say(yellow(`  ${component}  ${resource} ${change} outside Stackward`));
  for (const { of, target, name, does, pause } of plan.reconcilers)
    say(
      yellow(
        `  version ${of}  ${name} on ${target} ${does}${plan.pause_reconcilers && pause ? `; held still first: ${pause.state}` : ''}`,
      ),
    );
  for (const one of plan.untried) say(yellow(`  not tried: ${one}`));
  for (const one of obstacles) say(red(`  in the way: ${one}`));
  if (steps.length === 0 && !topology) say('  nothing to take back');
}

function tell(journal: Journal, options: RollbackOptions, world: World): number {
  const report = reportOf(journal);
  if (options.json) writeJson(world.stdout, report);
  else print(report, world);
  return report.at_target ? EXIT.ok : EXIT.failed;
}

const MARKS = {
  restored: green('restored'),
  restored_unverified: yellow('restored, not verified'),
  failed: red('failed'),
  not_reversible: yellow('not reversible'),
  skipped: dim('skipped'),
};

function print(
  { id, results, verdict, topology_detail: detail, next, snapshot, paused }: RollbackReport,
  world: World,
): void {
  const say = (line: string) => writeLine(world.stdout, line);
  say(`rollback ${bold(id)}; version ${snapshot} is the stack before it`);
  for (const { of, tool, target, resources, result, detail: why } of results)
    say(
      `  ${MARKS[result]}  version ${of}  ${tool} on ${target}  ${dim(resources.join(', '))}${why === undefined ? '' : `\n      ${why}`}`,
    );
  if (detail !== undefined) say(red(`  the topology file: ${detail}`));
  for (const { name, target, state, held } of paused)
    say(
      held === 'resumed'
        ? `  ${name} on ${target} goes on as before`
        : yellow(`  ${name} on ${target} is held still${held === 'begun' ? ', or not' : ''}: ${state}`),
    );
  say(bold(verdict));
  for (const one of next) say(`  ${one}`);
}
