import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createKeys } from '../../src/store/keys.ts';
import { openPostgresLogs } from '../../src/store/postgres/log.ts';
import type { Alert } from '../../src/triage/backend.ts';
import { openRunJournals } from '../../src/triage/run/journal.ts';
import { verified } from '../harness/audited.ts';
import { send } from '../server/raw-http.ts';
import { openSchema } from '../store/database.ts';
import { COMMITS, ON, openCluster } from '../triage/cluster.ts';
import { badDeploy } from '../triage/incident.ts';
import { folder } from '../triage/lab.ts';
import { startPrometheus } from '../triage/prometheus-stand-in.ts';

const CHILD = fileURLToPath(new URL('triage-replica.ts', import.meta.url));

/** A replica of its own process, whose triage stands by. */
export interface TriageReplica {
  /** Posts the alert, and gives its run. */
  alert(): Promise<string>;
  /** How the run that its alert began or took up ended here. */
  ended(): Promise<{ readonly ending: string; readonly reason: string }>;
  pause(): void;
  resume(): void;
  kill(): void;
}

/** A bad deploy on the twin of a cluster, and two replicas that share a PostgreSQL and are told of it. */
export async function openTriageReplicas() {
  const [schema, prometheus] = await Promise.all([openSchema(), startPrometheus()]);
  const cluster = await openCluster({ prometheus: prometheus.url });
  const dir = await folder();
  createKeys(join(dir, 'keys'));
  const env = {
    PATH: process.env.PATH ?? '',
    STACKWARD_DATABASE_URL: schema.url,
    STACKWARD_DATABASE_SCHEMA: schema.schema,
    STACKWARD_KEYS: join(dir, 'keys'),
    STACKWARD_TOPOLOGY: cluster.stack.file,
    ...ON,
  };
  const isOld = () => cluster.imageOf('orders-api') === `shop/orders-api:${COMMITS.old}`;
  const alert = badDeploy(cluster, prometheus, isOld);
  const children: ReturnType<typeof spawn>[] = [];
  const replica = async (name: string): Promise<TriageReplica> => {
    const args = ['--import', 'tsx', CHILD, cluster.stack.file, join(dir, name)];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value ?? '{}');
    const { url } = await next();
    return {
      alert: () => postAlert(url, alert),
      ended: next,
      pause: () => void child.kill('SIGSTOP'),
      resume: () => void child.kill('SIGCONT'),
      kill: () => void child.kill('SIGKILL'),
    };
  };
  const [a, b] = await Promise.all([replica('a'), replica('b')]);
  const journals = openRunJournals(openPostgresLogs(schema.database, 'run'));
  return {
    ...{ cluster, prometheus, isOld, a, b },
    events: (id: string) => journals.read(id),
    /** What passes for the database alone: more than a lease lasts, without a sign of life. */
    letLeasesEnd: () => schema.direct.query(`update lease set beat = beat - interval '30 seconds'`),
    audit: () => verified(env),
    async close() {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all([cluster.close(), prometheus.close()]);
      await schema.close();
    },
  };
}

async function postAlert(url: string, alert: Alert): Promise<string> {
  const { status, json } = await send(`${url}/alerts`, { body: alert });
  if (status !== 202) throw new Error(`the alert was answered with ${status}`);
  return json.runs[0].run;
}
