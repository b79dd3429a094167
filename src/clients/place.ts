import { posix, win32 } from 'node:path';
import type { Machine } from './client.ts';

const pathOf = ({ platform }: Machine) => (platform === 'win32' ? win32 : posix);

export const inHome = (machine: Machine, ...names: readonly string[]): string =>
  pathOf(machine).join(machine.home, ...names);

export const inProject = (machine: Machine, ...names: readonly string[]): string =>
  pathOf(machine).join(machine.project, ...names);

/** The folder in which programs of this system keep the user's settings. */
export function settingsFolder(machine: Machine): string {
  const { platform, env } = machine;
  if (platform === 'darwin') return inHome(machine, 'Library', 'Application Support');
  if (platform === 'win32') return env.APPDATA || inHome(machine, 'AppData', 'Roaming');
  return env.XDG_CONFIG_HOME || inHome(machine, '.config');
}

/** A path below a folder, in the way of the machine. */
export const below = (machine: Machine, folder: string, ...names: readonly string[]): string =>
  pathOf(machine).join(folder, ...names);
