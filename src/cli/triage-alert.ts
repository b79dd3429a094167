import { readFile } from 'node:fs/promises';
import { readAlerts } from '../triage/alert.ts';
import type { Alert } from '../triage/backend.ts';
import type { TriageDesk } from '../triage/desk.ts';
import { EXIT, UsageError, type World, writeLine } from './command.ts';
import { exitOf, printEvent, type TriageOptions } from './triage.ts';
import { asUsage, openStation } from './triage-station.ts';

/** `stackward triage --alert FILE`: the alerts of a file, one run each, and the worst of their exit codes. */
export async function triageAlert(file: string, options: TriageOptions, world: World): Promise<number> {
  const value = await readJson(file);
  const { follow = false, json = false } = options;
  const station = await openStation(options, world, (event) => {
    if (follow || event.type === 'done') printEvent(event, json, world);
  });
  try {
    const alerts = asUsage(() => readAlerts(value, station.graph(), Date.now()));
    return await workOn(station.desk, alerts, world);
  } finally {
    await station.close();
  }
}

async function workOn(desk: TriageDesk, alerts: readonly Alert[], world: World): Promise<number> {
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
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error;
    throw new UsageError(isMissing ? `${file} cannot be read` : `${file} is not JSON`);
  }
}
