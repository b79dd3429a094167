import { readFile } from 'node:fs/promises';
import { ToolError } from '../toolset/errors.ts';
import { AlertError, readAlerts } from '../triage/alert.ts';
import type { RunEvent } from '../triage/events.ts';
import { openTriage, triagePrincipal } from '../triage/open-triage.ts';
import { EXIT, UsageError, type World, writeLine } from './command.ts';
import { openStackward } from './open.ts';
import { exitOf, printEvent, type TriageOptions } from './triage.ts';

/** `stackward triage --alert FILE`: the alerts of a file, one run each, and the worst of their exit codes. */
export async function triageAlert(file: string, options: TriageOptions, world: World): Promise<number> {
  const value = await readJson(file);
  const stackward = await openStackward(options, world);
  const { follow = false, json = false } = options;
  const tell = (event: RunEvent) => {
    if (follow || event.type === 'done') printEvent(event, json, world);
  };
  try {
    const graph = stackward.catalogs.graph();
    const alerts = asUsage(() => readAlerts(value, graph, Date.now()));
    const principal = asUsage(() => triagePrincipal(graph, options.as ?? world.env.STACKWARD_AGENT));
    const desk = await openTriage(stackward, { principal, tell });
    const onInterrupt = () => void desk.close();
    process.once('SIGINT', onInterrupt);
    try {
      const left = await desk.resume();
      const opened = await Promise.all(alerts.map((alert) => desk.open(alert)));
      for (const { run, ended } of opened)
        if (!ended) writeLine(world.stderr, `another process works on this alert: run ${run}`);
      const results = await Promise.all([...left, ...opened].map(({ ended }) => ended));
      return Math.max(EXIT.ok, ...results.map((one) => (one ? exitOf(one) : EXIT.ok)));
    } finally {
      process.off('SIGINT', onInterrupt);
    }
  } finally {
    await stackward.close();
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error;
    throw new UsageError(isMissing ? `${file} cannot be read` : `${file} is not JSON`);
  }
}

function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AlertError) throw new UsageError(error.message);
    if (error instanceof ToolError) throw new UsageError(error.detail);
    throw error;
  }
}
