import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterEach, expect, inject, test } from 'vitest';
import { run } from '../cli/run.ts';
import { makeDatabase, type Replica, type Replicas, startReplicas } from '../harness/replicas.ts';
import { modernCall, send } from '../server/raw-http.ts';
import { type Cluster, ON, openCluster } from '../triage/cluster.ts';
import type { TwinRequest } from '../twins/kubernetes.ts';

let cluster: Cluster;
let replicas: Replicas;
let store: pg.Client;
afterEach(async () => {
  await replicas?.close();
  await cluster.close();
  await store.end();
});

interface Progress {
  readonly running: boolean;
  readonly failed?: string;
  readonly report?: { readonly at_target: boolean; readonly verdict: string };
}

/** The console of one replica, as its page asks it. */
function consoleOf({ port, process: child }: Replica) {
  const url = `http://127.0.0.1:${port}`;
  const ask = async (path: string, body?: object) => {
    const headers = { origin: url };
    const options = body ? { headers, body } : { headers, method: 'GET' };
    return (await send(`${url}/console/api/${path}`, options)).json;
  };
  return {
    ask,
    plan: (to: number): Promise<{ digest: string; obstacles: string[] }> => ask(`versions/plan?to=${to}`),
    begin: (seen: { to: number; digest: string }) => ask('versions/rollback', seen),
    async end(): Promise<Progress> {
      for (;;) {
        const { rollback } = (await ask('versions/rollback')) as { rollback: Progress };
        if (!rollback.running) return rollback;
        await sleep(50);
      }
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

/** Two replicas before a cluster in which a workload was scaled from 2 to 3 and then to 4, and the version before both. */
async function scaledTwice() {
  cluster = await openCluster();
  const access = inject('postgres');
  const database = `rollback_${randomBytes(4).toString('hex')}`;
  store = await makeDatabase(access, database);
  replicas = await startReplicas(2, {
    store: { ...access, database },
    schema: 'stackward',
    topology: await readFile(cluster.stack.file, 'utf8'),
    env: ON,
    args: ['--local-operator'],
  });
  const scale = async (from: number, to: number) => {
    const args = { target: 'orders-api', replicas: to, from };
    expect((await modernCall(replicas.balancer.url, 'k8s_scale', args)).json?.result?.isError).not.toBe(true);
  };
  const taken = await run(['snapshot', '--json'], { ...replicas.env });
  const { version: to } = JSON.parse(taken.out) as { version: number };
  await scale(2, 3);
  await scale(3, 4);
  cluster.twin.forget();
  const [a, b] = replicas.running.map(consoleOf);
  if (!a || !b) throw new Error('there are no two replicas');
  return { a, b, to };
}

const isWrite = ({ method, query }: TwinRequest) => method === 'PATCH' && query.dryRun === undefined;
const scaleNow = () =>
  cluster.twin.state.workloads.deployments.find(({ metadata }) => metadata.name === 'orders-api')?.spec
    .replicas;

/** Calls back once, at the first change of the cluster's requests that fits. */
function atPatch(fits: (writes: number, request: TwinRequest) => boolean, then: () => void): void {
  cluster.twin.meanwhile(() => {
    const now = cluster.twin.requests.at(-1);
    if (now && fits(cluster.writes().length, now)) then();
    else atPatch(fits, then);
  });
}

const letLeasesEnd = () => store.query(`update stackward.lease set beat = beat - interval '30 seconds'`);

/** As if the holder had just beaten: on a busy machine the steps in between may take longer than a lease lasts. */
const letLeasesLast = () => store.query('update stackward.lease set beat = clock_timestamp()');

const MOMENTS = [
  ['in its first write', (writes: number, request: TwinRequest) => isWrite(request) && writes === 1],
  [
    'just before its second write',
    (writes: number, request: TwinRequest) => !isWrite(request) && writes === 1,
  ],
  ['in its second write', (writes: number, request: TwinRequest) => isWrite(request) && writes === 2],
] as const;

test.each(MOMENTS)(
  'a replica that is paused %s of a rollback takes no further step, and another goes on',
  {
    timeout: 120_000,
  },
  async (_when, fits) => {
    const { a, b, to } = await scaledTwice();
    const plan = await a.plan(to);
    expect(plan).toMatchObject({ obstacles: [] });
    const paused = new Promise<void>((resolve) => {
      atPatch(fits, () => {
        a.pause();
        resolve();
      });
    });
    await a.begin({ to, digest: plan.digest });
    await paused;

    // While its lease lasts nobody else rolls back, and whoever tries is told who does.
    await letLeasesLast();
    await b.begin({ to, digest: plan.digest });
    expect((await b.end()).failed).toMatch(/the rollback to version \d+ of .+ has run since .+; wait for it/);
    await letLeasesEnd();
    await b.begin({ to, digest: plan.digest });
    const { failed } = await b.end();
    expect(failed).toMatch(/the rollback r\d+ to version \d+ stopped half-way; resume or abandon it first/);

    const id = /r\d+/.exec(failed ?? '')?.[0];
    await b.ask('versions/rollback/resume', { id, reason: 'its replica stands still' });
    expect((await b.end()).report).toMatchObject({ at_target: true });
    const writes = cluster.writes().length;
    a.resume();
    expect((await a.end()).failed).toMatch(/stood still/);
    // Each of the two steps was made once, by whichever replica.
    expect(writes).toBe(2);
    expect(cluster.writes()).toHaveLength(2);
    expect(scaleNow()).toBe(2);
  },
);

test('of two replicas that begin a rollback at the same moment one carries it out', {
  timeout: 120_000,
}, async () => {
  const { a, b, to } = await scaledTwice();
  const { digest } = await a.plan(to);
  await Promise.all([a.begin({ to, digest }), b.begin({ to, digest })]);
  const ends = await Promise.all([a.end(), b.end()]);
  expect(ends.filter(({ report }) => report?.at_target)).toHaveLength(1);
  expect(ends.flatMap(({ failed }) => failed ?? [])).toEqual([
    expect.stringMatching(/has run since|begins or ends just now|plan it again/),
  ]);
  expect(cluster.writes()).toHaveLength(2);
  expect(scaleNow()).toBe(2);
});

test('the command line is refused while a replica rolls back, and goes on once that one is gone', {
  timeout: 120_000,
}, async () => {
  const { a, to } = await scaledTwice();
  const { digest } = await a.plan(to);
  const [first] = replicas.running;
  const killed = new Promise<void>((resolve) => {
    atPatch(isSecondTry, () => {
      first?.process.kill('SIGKILL');
      resolve();
    });
  });
  await a.begin({ to, digest });
  await killed;
  await letLeasesLast();
  const refused = await run(['rollback', `${to}`, '--yes'], { ...replicas.env });
  expect(refused.code).not.toBe(0);
  expect(refused.err).toMatch(/has run since/);
  await letLeasesEnd();
  const waiting = await run(['rollback', `${to}`, '--yes'], { ...replicas.env });
  const id = /r\d+/.exec(waiting.err)?.[0] ?? '';
  const resumed = await run(['rollback', '--resume', id, '--json'], { ...replicas.env });
  expect(JSON.parse(resumed.out)).toMatchObject({ at_target: true });
  expect(cluster.writes()).toHaveLength(2);
  expect(scaleNow()).toBe(2);
});

const [, [, isSecondTry]] = MOMENTS;
