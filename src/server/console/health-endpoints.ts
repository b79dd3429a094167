import { statfs } from 'node:fs/promises';
import { z } from 'zod';
import type { Stackward } from '../../stackward.ts';
import { ToolError } from '../../toolset/errors.ts';
import { throwKillSwitch } from '../decisions.ts';
import type { Metrics } from '../metrics.ts';
import type { Action, Endpoint } from './endpoint.ts';
import { killSwitchOf } from './pulse.ts';
import type { Counted, ShownHealth } from './wire.ts';

type Values = readonly { labels: Readonly<Record<string, string | number | undefined>>; value: number }[];

/** `GET health`: what this process counted since it started, and how it stands. */
export const showHealth: Endpoint<ShownHealth> = async ({ stackward, metrics }) => {
  const values = await valuesOf(metrics);
  const calls = values('stackward_calls_total');
  return {
    now: new Date().toISOString(),
    calls: calls.reduce((sum, { value }) => sum + value, 0),
    byOutcome: countBy(calls, 'outcome'),
    byTool: countBy(calls, 'tool').slice(0, 20),
    refusedByRule: countBy(values('stackward_gate_refusals_total'), 'rule'),
    errors: countBy(values('stackward_call_errors_total'), 'code'),
    latency: latencyOf(values('stackward_call_duration_seconds')),
    breakers: [...stackward.breakers.states()].map(([component, state]) => ({ component, state })),
    audit: stackward.audit.status(),
    disk: await diskOf(stackward),
    killSwitch: await killSwitchOf(stackward),
  };
};

/** Measured now: the log itself looks once a second, and only while it writes. */
async function diskOf({ audit }: Stackward): Promise<ShownHealth['disk']> {
  const { disk } = audit.status();
  if (!disk) return null;
  const { bavail, bsize } = await statfs(disk.folder);
  return { free: bavail * bsize, reserve: disk.reserveBytes };
}

const Reason = z.string().trim().min(1, 'say why').max(500);
const Reset = z.strictObject({ component: z.string().max(200), reason: Reason });
const Switch = z.strictObject({ on: z.boolean(), reason: Reason });

/** `POST breakers/reset`: lets calls to a component through at once. Audited first. */
export const resetBreaker: Action<{ component: string }> = async ({ stackward }, body, by) => {
  const { component, reason } = Reset.parse(body);
  const before = stackward.breakers.states().get(component);
  if (before === undefined)
    throw new ToolError('not_found', `nothing was called on '${component}' yet, so it has no breaker`);
  await stackward.recordEvent('breaker_reset', by, { component, before, reason });
  stackward.breakers.reset(component);
  return { component };
};

/** `POST kill-switch`. */
export const setKillSwitch: Action<object> = ({ stackward }, body, by) =>
  throwKillSwitch(stackward, { ...Switch.parse(body), by });

async function valuesOf(metrics: Metrics | undefined): Promise<(name: string) => Values> {
  const found = (await metrics?.registry.getMetricsAsJSON()) ?? [];
  return (name) => found.find((one) => one.name === name)?.values ?? [];
}

function countBy(values: Values, label: string): Counted[] {
  const counts = new Map<string, number>();
  for (const { labels, value } of values) {
    const name = String(labels[label]);
    counts.set(name, (counts.get(name) ?? 0) + value);
  }
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
}

/** The buckets of all outcomes together; prom-client counts up, each bucket with those below it. */
function latencyOf(values: Values): ShownHealth['latency'] {
  const counts = new Map<number | null, number>();
  for (const { labels, value } of values) {
    if (labels.le === undefined) continue;
    const le = labels.le === '+Inf' ? null : Number(labels.le);
    counts.set(le, (counts.get(le) ?? 0) + value);
  }
  return [...counts].map(([le, count]) => ({ le, count }));
}
