import { spawnSync } from 'node:child_process';

/** Debian package that ships each server the tests run against. */
const PACKAGES = {
  'redis-server': 'redis-server',
  prometheus: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  'rabbitmq-server': 'rabbitmq-server',
  'clickhouse-server': 'clickhouse-server',
  kcat: 'kcat',
  chromium: 'chromium',
  go: 'golang-go',
} as const;
type Program = keyof typeof PACKAGES;

/** Debian packages that come with a program, where one alone is not enough. */
const WITH: Partial<Record<Program, readonly string[]>> = {
  go: ['golang-github-masterminds-sprig-dev', 'golang-k8s-sigs-yaml-dev'],
};

/** Every server program, so that one place can install what is missing before test files run side by side. */
export const PROGRAMS = Object.keys(PACKAGES) as Program[];

const find = (program: string): string | undefined => {
  const found = spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${program}`], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
};

/**
 * Path of a server program, installed from Debian's packages when it is missing and that is possible.
 * Returns undefined, after saying plainly what is skipped, where it cannot be had; throws on CI instead.
 */
export function ensureProgram(program: Program): string | undefined {
  const there = find(program);
  if (there) return there;
  const attempt = install([PACKAGES[program], ...(WITH[program] ?? [])]);
  const installed = find(program);
  if (installed) return installed;
  const message = `${program} is not installed (${attempt}); its tests need: apt-get install ${PACKAGES[program]}`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`SKIPPED: ${message}\n`);
  return undefined;
}

function install(names: readonly string[]): string {
  if (!find('apt-get')) return 'no apt-get on this machine';
  if (process.getuid?.() !== 0) return 'not root, so nothing was installed';
  process.stderr.write(`installing ${names.join(', ')} for the tests ...\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (args: string[]) => spawnSync('apt-get', args, { env, encoding: 'utf8', timeout: 300_000 });
  run(['update', '-qq']);
  const done = run([
    'install',
    '-y',
    '-qq',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=300',
    ...names,
  ]);
  return done.status === 0
    ? 'installed'
    : `apt-get failed: ${(done.stderr || done.stdout).trim().slice(-300)}`;
}
