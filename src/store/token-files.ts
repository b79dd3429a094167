import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, open, readdir, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createFile, syncFolder } from './files/durable-file.ts';
import { isMissing } from './files/file-error.ts';
import { StoredToken, type TokenStore } from './tokens.ts';

const TOKEN = /^[0-9a-f]{8}\.json$/;
/** Says in its name from when on the token is worth nothing, in seconds since 1970. */
const END = /^[0-9a-f]{8}\.until-\d{1,12}$/;
const USED = /^[0-9a-f]{8}\.used$/;

/** So often a list is read anew because tokens go while it is read. */
const ATTEMPTS = 20;

/** Where a data directory keeps its tokens. */
export const tokensFolderOf = (dataDir: string): string => join(dataDir, 'tokens');

/**
 * Tokens as files of a data directory, in a folder of their own.
 *
 * A token is `ID.json`, which never changes; an end that was brought forward is the name of an empty file beside it,
 * and its last use the time of `ID.used`. So adding, ending and taking away are one step of the file system each,
 * and of processes that do them at once none undoes another's.
 */
export function openTokenFiles(dataDir: string): TokenStore {
  const folder = tokensFolderOf(dataDir);
  const path = (name: string) => join(folder, name);
  let read: { readonly stamp: string; readonly tokens: readonly StoredToken[] } | undefined;

  const make = async (name: string, text: string): Promise<boolean> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return createFile(path(name), text, 0o600);
  };

  return {
    // Asked for by every request, and answered from memory unless a file changed; so it does not leave this thread.
    async list() {
      assertNoOldFile(dataDir);
      if (!existsSync(folder)) return undefined;
      for (let attempt = 1; ; attempt += 1) {
        const names = readdirSync(folder).filter((name) => TOKEN.test(name) || END.test(name));
        const stamp = [folder, ...names.map(path)].map(stampOf).join('/');
        if (read?.stamp === stamp) return read.tokens;
        try {
          for (const one of [folder, ...names.map(path)]) assertClosed(one);
          read = { stamp, tokens: readTokens(folder, names) };
          return read.tokens;
        } catch (error) {
          // One that is taken away just now was in the list and cannot be read; the others are as good as before.
          if (!isMissing(error) || attempt === ATTEMPTS) throw error;
        }
      }
    },
    async add(token) {
      if (!(await make(`${token.id}.json`, `${JSON.stringify(token, null, 2)}\n`)))
        throw new Error(`there is a token ${token.id} already`);
    },
    async shorten(id, at) {
      if (!existsSync(path(`${id}.json`))) return false;
      await make(`${id}.until-${Math.floor(at.getTime() / 1000)}`, '');
      return true;
    },
    async remove(id) {
      if (!(await removed(path(`${id}.json`)))) return false;
      await syncFolder(folder);
      // What is left of it means nothing without it.
      for (const name of await readdir(folder)) if (name.startsWith(`${id}.`)) await removed(path(name));
      return true;
    },
    async noteUse(id, at) {
      const file = await open(path(`${id}.used`), 'a', 0o600);
      await file.close();
      await utimes(path(`${id}.used`), at, at);
    },
    async lastUses() {
      const names = existsSync(folder) ? (await readdir(folder)).filter((name) => USED.test(name)) : [];
      const uses = names.map(async (name) => [name.slice(0, 8), (await stat(path(name))).mtime] as const);
      return new Map(await Promise.all(uses));
    },
  };
}

function readTokens(folder: string, names: readonly string[]): readonly StoredToken[] {
  return names
    .filter((name) => TOKEN.test(name))
    .map((name) => {
      const { data: token, error } = StoredToken.safeParse(parse(readFileSync(join(folder, name), 'utf8')));
      if (!token) throw new Error(`${join(folder, name)} is no token: ${z.prettifyError(error)}`);
      if (`${token.id}.json` !== name) throw new Error(`${join(folder, name)} holds another token's id`);
      const own = names.filter((one) => one.startsWith(`${token.id}.until-`));
      const ends = own.map((one) => Number(one.split('-')[1]) * 1000);
      if (token.expires !== undefined) ends.push(Date.parse(token.expires));
      return ends.length === 0 ? token : { ...token, expires: new Date(Math.min(...ends)).toISOString() };
    });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Changes with a file's content, its owner and its mode, and with the names in a folder. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found ? `${found.ino}:${found.ctimeNs}:${found.size}` : '';
}

function assertClosed(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found && found.mode & 0o022)
    throw new Error(`${file} can be written by others than its owner; run: chmod go-w ${file}`);
}

/** An older build kept its tokens in one file. Passing over it would leave the door without its lock. */
function assertNoOldFile(dataDir: string): void {
  const old = join(dataDir, 'tokens.json');
  if (existsSync(old))
    throw new Error(
      `${old} is of an older build; remove it, and make its tokens anew: stackward token create`,
    );
}

/** False for a file that is not there. */
const removed = (file: string): Promise<boolean> =>
  unlink(file).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
