import { modernCall } from '../server/raw-http.ts';
import { type FleetKind, startFleet } from './fleet.ts';
import type { Lab } from './lab.ts';
import type { Bench } from './part.ts';
import { round, type Series, summarise } from './statistics.ts';

const COUNTS = [1, 2, 4] as const;
const CALLERS = [16, 64] as const;
const KINDS = ['ours', 'bare', 'nothing'] as const;
const WARM_UP_MS = 1_000;
const MEASURE_MS = 4_000;
/** One row, five milliseconds after it was asked for. */
const SQL = 'select * from after_5';

/** Calls per second, times in milliseconds, and milliseconds of CPU that the servers took for one call. */
export interface FleetFigures extends Series {
  readonly per_second: number;
  readonly cpu_ms_per_call: number;
  /** Calls that were refused, as the audit is when its database does not answer in time; they count nowhere else. */
  readonly refused: number;
}

/** One number of replicas under one number of callers, and beside it what callers, proxy and machine give at all. */
export type ReplicaRow = { readonly replicas: number; readonly callers: number } & Readonly<
  Record<FleetKind, FleetFigures>
>;

export async function benchReplicas({ say, progress, lab }: Bench): Promise<ReplicaRow[]> {
  const at = await lab();
  const rows: ReplicaRow[] = [];
  for (const replicas of COUNTS) {
    const found = { ours: [], bare: [], nothing: [] } as Record<FleetKind, FleetFigures[]>;
    for (const kind of KINDS) {
      progress(`${replicas} of ${kind}`);
      found[kind] = await measureFleet(kind, replicas, at);
    }
    for (const [index, callers] of CALLERS.entries()) {
      const of = (kind: FleetKind): FleetFigures => {
        const figures = found[kind][index];
        if (!figures) throw new Error(`${kind} was not measured`);
        return figures;
      };
      const row = { replicas, callers, ours: of('ours'), bare: of('bare'), nothing: of('nothing') };
      rows.push(row);
      say(
        `${replicas} replicas, ${callers} callers: ${KINDS.map((kind) => `${kind} ${row[kind].per_second}/s, p50 ${row[kind].p50}, p99 ${row[kind].p99} ms, ${row[kind].cpu_ms_per_call} ms of CPU a call${row[kind].refused > 0 ? `, ${row[kind].refused} refused` : ''}`).join('; ')}`,
      );
    }
  }
  return rows;
}

async function measureFleet(kind: FleetKind, replicas: number, lab: Lab): Promise<FleetFigures[]> {
  const fleet = await startFleet(kind, replicas, lab);
  try {
    const figures: FleetFigures[] = [];
    for (const callers of CALLERS) {
      await load(fleet.url, callers, WARM_UP_MS);
      const before = await fleet.cpuSeconds();
      const began = performance.now();
      const { durations, refused } = await load(fleet.url, callers, MEASURE_MS);
      const seconds = (performance.now() - began) / 1000;
      const cpu = (await fleet.cpuSeconds()) - before;
      figures.push({
        ...summarise(durations),
        per_second: round(durations.length / seconds),
        cpu_ms_per_call: round((cpu * 1000) / durations.length),
        refused,
      });
    }
    return figures;
  } finally {
    await fleet.close();
  }
}

/** Calls without a pause for a time; the durations of those that were served. */
async function load(url: string, callers: number, ms: number) {
  const end = performance.now() + ms;
  const durations: number[] = [];
  let refused = 0;
  const caller = async () => {
    for (let now = performance.now(); now < end; now = performance.now()) {
      const { json, text } = await modernCall(url, 'pg_query', { sql: SQL });
      if (!json?.result) throw new Error(`a call failed: ${text}`);
      if (json.result.isError) refused += 1;
      else durations.push(performance.now() - now);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { durations, refused };
}
