import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createFile } from '../store/files/durable-file.ts';
import { isAlive, ownIdentity } from '../store/files/process-identity.ts';
import type { Alert } from './backend.ts';
import { Signals } from './contracts.ts';

const Claim = z.object({
  run: z.string(),
  alert: Signals.shape.alert,
  process: z.object({ pid: z.number(), start: z.string(), machine: z.string() }),
});
export type Claim = z.output<typeof Claim>;

/** Which alerts have an open run, and which process works on it: files of one folder, each created exclusively. */
export interface Claims {
  /** The run that an alert belongs to, `isOurs` if this call opened it or took it over from a process that is gone. */
  take(alert: Alert, run: string): Promise<{ readonly run: string; readonly isOurs: boolean }>;
  give(alert: Alert): Promise<void>;
  /** Those whose process is gone. */
  orphans(): Promise<readonly Claim[]>;
}

/** The same alert, however often it fires. */
const nameOf = ({ name, component, metric = '' }: Alert): string =>
  createHash('sha256')
    .update(JSON.stringify([name, component, metric]))
    .digest('hex')
    .slice(0, 32);

export function openClaims(dir: string): Claims {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = (alert: Alert) => join(dir, `${nameOf(alert)}.json`);
  return {
    async take(alert, run) {
      let ours = run;
      for (;;) {
        const claim: Claim = { run: ours, alert, process: ownIdentity() };
        if (await createFile(path(alert), JSON.stringify(claim), 0o600)) return { run: ours, isOurs: true };
        const held = await read(path(alert));
        // A process elsewhere, of which nothing can be told, counts as alive.
        if (held && isAlive(held.process) !== false) return { run: held.run, isOurs: false };
        if (!held) continue;
        ours = held.run;
        await unlink(path(alert)).catch(() => undefined);
      }
    },
    give: (alert) => unlink(path(alert)),
    async orphans() {
      const names = (await readdir(dir)).filter((name) => name.endsWith('.json'));
      const claims = await Promise.all(names.map((name) => read(join(dir, name))));
      return claims.flatMap((one) => (one && isAlive(one.process) === false ? [one] : []));
    },
  };
}

/** Undefined when it was given back just now. What cannot be read is somebody's, and stays. */
async function read(file: string): Promise<Claim | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : Claim.parse(JSON.parse(text));
}
