import { constants } from 'node:fs';
import { access, chmod, lstat, mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { replaceFile } from '../store/files/durable-file.ts';
import { ClientError } from './client.ts';

/** More than any client writes; a file that is larger is no configuration. */
const MAX_BYTES = 64 * 1024 * 1024;
const BOM = '\uFEFF';

/** A client's file as it was read. */
export interface ConfigFile {
  readonly path: string;
  /** What is replaced: where the path leads, when it is a symbolic link. */
  readonly target: string;
  /** Its text without a byte order mark; absent when there is no file, or an empty one. */
  readonly text?: string;
  readonly hasBom: boolean;
  /** Its bytes, to see whether somebody else wrote it meanwhile. */
  readonly bytes?: Buffer;
  /** Its permissions; of a new file, for its owner alone. */
  readonly mode: number;
}

/**
 * Reads a client's file.
 * @param within the folder that the file may not lead out of: a project's, whose links came from somebody else
 * @throws ClientError when it is nothing that can be replaced without loss
 */
export async function readConfig(path: string, within?: string): Promise<ConfigFile> {
  const target = await leadsTo(path);
  if (within !== undefined) await mustLieWithin(target, within, path);
  const found = await stat(target).catch(absent);
  if (!found) return { path, target, hasBom: false, mode: 0o600 };
  const refuse = (why: string) => new ClientError(`${target} ${why}. Nothing was changed`);
  if (!found.isFile()) throw refuse('is no regular file');
  if (found.size > MAX_BYTES) throw refuse(`is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
  // A new file takes its place: the other name would keep the old content.
  if (found.nlink > 1) throw refuse('has a second name (a hard link), which would keep the old content');
  if (process.getuid && found.uid !== process.getuid())
    throw refuse(`belongs to user ${found.uid}, and this is user ${process.getuid()}; run it as that user`);
  await access(target, constants.R_OK | constants.W_OK).catch(() => {
    throw refuse('may not be read and written');
  });
  if ((found.mode & 0o200) === 0) throw refuse('is read-only');
  const bytes = await readFile(target);
  const text = textOf(bytes, refuse);
  const hasBom = text.startsWith(BOM);
  const own = hasBom ? text.slice(1) : text;
  return {
    path,
    target,
    bytes,
    hasBom,
    mode: found.mode & 0o777,
    ...(own.trim() === '' ? {} : { text: own }),
  };
}

/**
 * Replaces a client's file in one step, keeping its permissions, and its former content beside it.
 * @returns the path of the former content, where there was any
 * @throws ClientError when the file is no longer as it was read
 */
export async function replaceConfig(file: ConfigFile, text: string): Promise<string | undefined> {
  await mkdir(dirname(file.target), { recursive: true });
  if (file.bytes !== undefined) await replace(backupOf(file.target), file.bytes, file.mode);
  await replace(file.target, (file.hasBom ? BOM : '') + text, file.mode, async () => {
    const now = await readFile(file.target).catch(absent);
    const isSame = file.bytes === undefined ? now === undefined : now?.equals(file.bytes) === true;
    if (!isSame)
      throw new ClientError(
        `${file.target} was changed by somebody else meanwhile. It was left so; try again`,
      );
  });
  return file.bytes === undefined ? undefined : backupOf(file.target);
}

/** Where the former content of a file is kept. */
export const backupOf = (target: string): string => `${target}.before-stackward`;

async function replace(
  path: string,
  content: string | Buffer,
  mode: number,
  mayStill?: () => Promise<void>,
): Promise<void> {
  await replaceFile(path, content, mode, mayStill);
  // The mask of the process took from the mode that the file had.
  await chmod(path, mode);
}

/** A link is followed, so that the file of people who keep theirs elsewhere stays a link. */
async function leadsTo(path: string): Promise<string> {
  const found = await lstat(path).catch(absent);
  if (found) {
    return realpath(path).catch(() => {
      throw new ClientError(`${path} is a symbolic link that leads to nothing. Nothing was changed`);
    });
  }
  return resolve(await nearest(dirname(resolve(path))), basename(path));
}

/** A folder with its links followed, as far as it is there. */
async function nearest(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    return dirname(folder) === folder ? folder : resolve(await nearest(dirname(folder)), basename(folder));
  }
}

async function mustLieWithin(target: string, within: string, path: string): Promise<void> {
  const way = relative(await nearest(resolve(within)), target);
  if (way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way)
    throw new ClientError(`${path} leads out of the project, to ${target}. Nothing was changed`);
}

function textOf(bytes: Buffer, refuse: (why: string) => ClientError): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse('is not UTF-8 text');
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
