import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/cli/demo/free-port.ts';
import { makeDatabase, startReplicas } from '../harness/replicas.ts';
import { startRoundRobin } from '../harness/round-robin.ts';
import { send } from '../server/raw-http.ts';
import { BARE, type Lab } from './lab.ts';

const SLOW = fileURLToPath(new URL('slow-server.mjs', import.meta.url));
const STORE = 'bench_store';

/** What stands behind the proxy: Stackward, a bare MCP server on the same database, or what answers by itself. */
export type FleetKind = 'ours' | 'bare' | 'nothing';

/** Some processes of one kind behind a round-robin proxy. */
export interface Fleet {
  readonly url: string;
  /** Seconds of CPU that the processes have used so far. */
  cpuSeconds(): Promise<number>;
  close(): Promise<void>;
}

export const startFleet = (kind: FleetKind, count: number, lab: Lab): Promise<Fleet> =>
  kind === 'ours' ? startOurs(count, lab) : startOthers(kind === 'bare' ? BARE : SLOW, count, lab);

async function startOurs(count: number, lab: Lab): Promise<Fleet> {
  const store = await makeDatabase(lab.admin, STORE);
  const replicas = await startReplicas(count, {
    store: { ...lab.admin, database: STORE },
    schema: 'stackward',
    topology: await readFile(lab.topology, 'utf8'),
    env: { ...lab.env },
  });
  return {
    url: replicas.balancer.url,
    cpuSeconds: () => cpuOf(replicas.running.map(({ process: child }) => child)),
    async close() {
      await replicas.close();
      await store.end();
    },
  };
}

async function startOthers(program: string, count: number, lab: Lab): Promise<Fleet> {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const children = ports.map((port) =>
    spawn(process.execPath, [program, `${port}`], { env: { ...lab.env }, stdio: 'ignore' }),
  );
  await Promise.all(ports.map(answers));
  const balancer = await startRoundRobin(ports);
  return {
    url: balancer.url,
    cpuSeconds: () => cpuOf(children),
    async close() {
      await balancer.close();
      const gone = children.map((child) => once(child, 'exit'));
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(gone);
    },
  };
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await send(`http://127.0.0.1:${port}/`, { method: 'GET' });
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Ticks of `utime` and `stime`; Linux tells them in hundredths of a second. */
const TICKS = 100;

async function cpuOf(children: readonly ChildProcess[]): Promise<number> {
  const ticks = await Promise.all(
    children.map(async ({ pid }) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The name of the program may hold blanks, and ends with the last bracket.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(fields[11]) + Number(fields[12]);
    }),
  );
  return ticks.reduce((sum, one) => sum + one, 0) / TICKS;
}
