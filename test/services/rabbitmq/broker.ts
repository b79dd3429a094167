import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/cli/demo/free-port.ts';
import { accountOf } from '../../harness/account.ts';
import { ensureProgram } from '../../harness/install.ts';

/** Debian's `rabbitmq-server` in /usr/sbin insists on its own folders; this is the script below it, which does not. */
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const CONTROL = '/usr/lib/rabbitmq/bin/rabbitmqctl';
const PASSWORD = 'rabbit-test-pass';
const BOOT_MS = 90_000;

/** A real broker with the management plugin, on free loopback ports and a temporary folder. */
export interface Broker {
  /** Port of the management HTTP API. */
  readonly port: number;
  /** Port of AMQP. */
  readonly amqpPort: number;
  readonly user: string;
  readonly password: string;
  /** Runs `rabbitmqctl` on it. Throws with its words when it fails. */
  control(...words: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one; undefined where it cannot be had. */
export async function startBroker(): Promise<Broker | undefined> {
  if (!ensureProgram('rabbitmq-server')) return undefined;
  const [amqpPort, port, distribution, epmdPort] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const account = accountOf('rabbitmq');
  const dir = await mkdtemp(join(tmpdir(), 'stackward-rabbitmq-'));
  await Promise.all(['home', 'mnesia', 'log'].map((name) => mkdir(join(dir, name))));
  await writeFile(join(dir, 'plugins'), '[rabbitmq_management].\n');
  await writeFile(join(dir, 'rabbitmq.conf'), configuration(amqpPort, port));
  if (account)
    for (const name of ['', 'home', 'mnesia', 'log', 'plugins', 'rabbitmq.conf'])
      await chown(join(dir, name), account.uid, account.gid);
  const env = environment(dir, { amqpPort, distribution, epmdPort });
  const options = { cwd: dir, env, stdio: 'ignore', ...account } as const;
  // Erlang would start a port mapper of its own and leave it behind.
  const mapper = spawn('epmd', ['-port', `${epmdPort}`, '-address', '127.0.0.1'], options);
  const server = spawn(SERVER, [], { ...options, detached: true });
  const stop = async () => {
    await Promise.all([
      end(server, () => process.kill(-(server.pid ?? 0), 'SIGKILL')),
      end(mapper, () => mapper.kill('SIGKILL')),
    ]);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await answering(port, server);
  } catch (error) {
    await stop();
    throw error;
  }
  const control = async (...words: readonly string[]) => {
    const ran = spawn(CONTROL, [...words], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    const said: Buffer[] = [];
    ran.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    const [code] = await once(ran, 'exit');
    if (code !== 0) throw new Error(`rabbitmqctl ${words.join(' ')}: ${Buffer.concat(said)}`);
  };
  return { port, amqpPort, user: 'admin', password: PASSWORD, control, stop };
}

const configuration = (amqpPort: number, port: number): string => `
listeners.tcp.1 = 127.0.0.1:${amqpPort}
management.tcp.ip = 127.0.0.1
management.tcp.port = ${port}
default_user = admin
default_pass = ${PASSWORD}
default_user_tags.administrator = true
collect_statistics_interval = 1000
disk_free_limit.absolute = 1MB
vm_memory_high_watermark.absolute = 2GB
log.console = false
`;

const environment = (
  dir: string,
  ports: { amqpPort: number; distribution: number; epmdPort: number },
): NodeJS.ProcessEnv => ({
  PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
  HOME: join(dir, 'home'),
  LANG: 'C.UTF-8',
  ERL_EPMD_PORT: `${ports.epmdPort}`,
  ERL_EPMD_ADDRESS: '127.0.0.1',
  RABBITMQ_NODENAME: `rabbit${ports.amqpPort}@localhost`,
  RABBITMQ_NODE_PORT: `${ports.amqpPort}`,
  RABBITMQ_DIST_PORT: `${ports.distribution}`,
  RABBITMQ_MNESIA_BASE: join(dir, 'mnesia'),
  RABBITMQ_LOG_BASE: join(dir, 'log'),
  RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'plugins'),
  RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq'),
  RABBITMQ_CONF_ENV_FILE: '/dev/null',
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none',
});

async function answering(port: number, server: ChildProcess): Promise<void> {
  const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`;
  const until = Date.now() + BOOT_MS;
  while (Date.now() < until) {
    if (server.exitCode !== null) throw new Error(`rabbitmq-server ended with ${server.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/api/whoami`, { headers: { authorization } }).catch(
      () => undefined,
    );
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('rabbitmq-server did not answer in time');
}

async function end(child: ChildProcess, kill: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  kill();
  await gone;
}
