import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/cli/demo/free-port.ts';
import { accountOf } from '../../harness/account.ts';
import { ensureProgram } from '../../harness/install.ts';

/** Path of the real program; undefined where it cannot be had. */
export const program = ensureProgram('clickhouse-server');

const PASSWORD = 'click-test-pass';
const BOOT_MS = 60_000;

export interface ClickHouse {
  readonly url: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Runs a statement as the administrator. Throws with the server's words when it fails. */
  run(statement: string): Promise<string>;
  /** Sets what the profile of the account `changing` says, which takes effect at once: `<readonly>2</readonly>`. */
  restrict(settings: string): Promise<void>;
  stop(): Promise<void>;
}

/** A real server on free loopback ports and a temporary folder. Throws where it cannot be had. */
export async function startClickHouse(): Promise<ClickHouse> {
  if (!program) throw new Error('clickhouse-server is not installed');
  const [port, nativePort] = await Promise.all([freePort(), freePort()]);
  const dir = await mkdtemp(join(tmpdir(), 'stackward-clickhouse-'));
  await Promise.all(['data', 'tmp', 'files'].map((name) => mkdir(join(dir, name))));
  await writeFile(join(dir, 'config.xml'), configuration(dir, port, nativePort));
  await writeFile(join(dir, 'users.xml'), usersOf(''));
  const account = accountOf('clickhouse');
  if (account)
    for (const name of ['', 'data', 'tmp', 'files', 'config.xml', 'users.xml'])
      await chown(join(dir, name), account.uid, account.gid);
  const server = spawn(program, [`--config-file=${join(dir, 'config.xml')}`], {
    cwd: dir,
    stdio: 'ignore',
    ...account,
  });
  const url = `http://127.0.0.1:${port}`;
  const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`;
  const run = async (statement: string) => {
    const answer = await fetch(url, { method: 'POST', headers: { authorization }, body: statement });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${statement}: ${text}`);
    return text;
  };
  const restrict = async (settings: string) => {
    await writeFile(join(dir, 'users.xml'), usersOf(settings));
    await run('SYSTEM RELOAD CONFIG');
  };
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await gone;
    }
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await answering(run, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, user: 'admin', password: PASSWORD, run, restrict, stop };
}

const configuration = (dir: string, port: number, nativePort: number): string => `<?xml version="1.0"?>
<yandex>
  <logger><level>none</level></logger>
  <http_port>${port}</http_port>
  <tcp_port>${nativePort}</tcp_port>
  <listen_host>127.0.0.1</listen_host>
  <path>${dir}/data/</path>
  <tmp_path>${dir}/tmp/</tmp_path>
  <user_files_path>${dir}/files/</user_files_path>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>16777216</mark_cache_size>
  <max_concurrent_queries>50</max_concurrent_queries>
  <timezone>UTC</timezone>
  <remote_servers><here><shard><replica>
    <host>127.0.0.1</host><port>${nativePort}</port><user>admin</user><password>${PASSWORD}</password>
  </replica></shard></here></remote_servers>
</yandex>`;

const user = (name: string, profile: string): string =>
  `<${name}><password>${PASSWORD}</password><networks><ip>::/0</ip></networks><profile>${profile}</profile><quota>default</quota></${name}>`;

/** One account for each value of `readonly`, one whose own profile is tight, and one of which a test says what it may. */
const usersOf = (changing: string): string => `<?xml version="1.0"?>
<yandex>
  <profiles>
    <default><max_threads>2</max_threads></default>
    <one><readonly>1</readonly></one>
    <two><readonly>2</readonly></two>
    <tight><max_rows_to_read>5000</max_rows_to_read></tight>
    <changing>${changing}</changing>
  </profiles>
  <users>${user('admin', 'default')}${user('one', 'one')}${user('two', 'two')}${user('tight', 'tight')}${user('changing', 'changing')}
    <default><password>none</password><networks><ip>::1</ip></networks><profile>one</profile><quota>default</quota></default>
  </users>
  <quotas><default></default></quotas>
</yandex>`;

async function answering(run: (statement: string) => Promise<string>, server: ChildProcess): Promise<void> {
  const until = Date.now() + BOOT_MS;
  while (Date.now() < until) {
    if (server.exitCode !== null) throw new Error(`clickhouse-server ended with ${server.exitCode}`);
    const said = await run('SELECT 1').catch(() => '');
    if (said === '1\n') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('clickhouse-server did not answer in time');
}
