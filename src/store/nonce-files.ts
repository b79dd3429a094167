import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, unless } from './files.ts';
import { assertNonce, DAY_MS, type Nonces } from './nonces.ts';

/** So often at most what is past is swept away, in milliseconds. */
const SWEEP_MS = 60_000;
const USED = /^[0-9a-f]{64}$/;

/**
 * Nonces as files of a data directory, which the processes that share it share. A file is named after its nonce, so of
 * two that use it one makes the file. It is swept two days later, when no clock takes the nonce any more.
 */
export function openNonceFiles(dataDir: string, { now = Date.now }: { now?: () => number } = {}): Nonces {
  const folder = join(dataDir, 'nonces');
  let swept = 0;
  const sweep = async () => {
    if (now() - swept < SWEEP_MS) return;
    swept = now();
    for (const name of (await readdir(folder)).filter((one) => USED.test(one))) {
      const found = await stat(join(folder, name)).catch(unless('ENOENT'));
      if (found && found.mtimeMs + 2 * DAY_MS < now())
        await unlink(join(folder, name)).catch(unless('ENOENT'));
    }
  };
  const create = async (path: string, text: string): Promise<boolean> => {
    const file = await open(path, 'wx', 0o600).catch(unless('EEXIST'));
    if (!file) return false;
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(folder);
    return true;
  };
  const prepare = () => mkdir(folder, { recursive: true, mode: 0o700 });

  return {
    async consumeNonce(nonce, expires) {
      assertNonce(nonce, expires, now());
      if (expires.getTime() <= now()) return false;
      await prepare();
      await sweep();
      // Hashed: some file systems do not tell capitals from small letters.
      return create(join(folder, createHash('sha256').update(nonce).digest('hex')), '');
    },
    async place() {
      await prepare();
      const path = join(folder, 'place');
      const known = await readFile(path, 'utf8').catch(unless('ENOENT'));
      if (known) return known;
      // Written aside and linked: of two that begin at once both read the name that was first, and read it whole.
      const aside = join(folder, `.place.${process.pid}.${randomBytes(4).toString('hex')}`);
      await create(aside, randomBytes(16).toString('hex'));
      await link(aside, path).catch(unless('EEXIST'));
      await unlink(aside);
      await syncFolder(folder);
      return readFile(path, 'utf8');
    },
  };
}
