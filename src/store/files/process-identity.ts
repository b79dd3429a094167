import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isMissing } from './file-error.ts';

/** Tells a process from every other one, also from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in the words of its operating system. */
  readonly start: string;
  /** Where its number means something: one boot of one machine and one PID namespace. */
  readonly machine: string;
}

/** This process. */
export const ownIdentity = (): ProcessIdentity => ({
  pid: process.pid,
  start: startOf(process.pid) ?? 'unknown',
  machine: machine(),
});

/** Whether the process still runs; undefined when that cannot be told from here (another machine or container). */
export function isAlive(identity: ProcessIdentity): boolean | undefined {
  if (identity.machine !== machine()) return undefined;
  return startOf(identity.pid) === identity.start;
}

function machine(): string {
  if (process.platform !== 'linux') return hostname();
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}/${readlinkSync('/proc/self/ns/pid')}`;
}

function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return startOnLinux(pid);
  if (process.platform === 'win32')
    return startByCommand([
      'powershell',
      '-NoProfile',
      '-Command',
      `(Get-Process -Id ${pid}).StartTime.Ticks`,
    ]);
  return startByCommand(['ps', '-o', 'lstart=', '-p', String(pid)]);
}

/** Clock ticks since boot, from proc_pid_stat(5); a zombie no longer counts as running. */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold blanks and parentheses; the fields after the last one do not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && 'code' in error && error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}

function startByCommand([program = '', ...args]: string[]): string | undefined {
  const { stdout } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return stdout?.trim() || undefined;
}
