import { readFile, stat } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { UsageError, type World } from './command.ts';

/**
 * The world with the variables of a file of `NAME=value` lines. What the environment has wins.
 * @param warn is told when others on this machine may read the file
 * @throws UsageError when it cannot be read
 */
export async function withEnvFile(
  file: string | undefined,
  world: World,
  warn: (message: string) => void,
): Promise<World> {
  if (file === undefined) return world;
  return { ...world, env: { ...(await readEnvFile(file, warn)), ...world.env } };
}

/** The variables of a file of `NAME=value` lines. Throws UsageError when it cannot be read. */
export async function readEnvFile(
  file: string,
  warn: (message: string) => void,
): Promise<Readonly<Record<string, string | undefined>>> {
  const unreadable = (why: string) => new UsageError(`--env-file ${file} ${why}`);
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(`cannot be read (${error.code})`);
  });
  // Reading a named pipe would wait for its writer for ever.
  if (!found.isFile()) throw unreadable('is no regular file');
  // Windows keeps who may read a file elsewhere than in its mode.
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
    warn(`${file} may be read by others on this machine: chmod 600 ${file}`);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unreadable(`cannot be read (${error.code})`);
  });
  return parseEnv(text);
}
