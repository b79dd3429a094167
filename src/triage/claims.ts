import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Lease } from '../store/leases.ts';
import type { Stores } from '../store/stores.ts';
import { ToolError } from '../toolset/errors.ts';
import type { Alert } from './backend.ts';
import { Signals } from './contracts.ts';

const Claim = z.object({ run: z.string(), alert: Signals.shape.alert });
export type Claim = z.output<typeof Claim>;

/** A run that an alert belongs to, with the hold on it where it is ours to work on. */
export type Claimed =
  | { readonly run: string; readonly isOurs: true; readonly lease: Lease }
  | { readonly run: string; readonly isOurs: false };

/** Which alerts have an open run, and who works on it: one document an alert, and a lease on it. */
export interface Claims {
  /** The run of an alert; ours if this call opened it or took it over from a process that is gone. */
  take(alert: Alert, run: string): Promise<Claimed>;
  give(alert: Alert, lease: Lease): Promise<void>;
  /** Every alert with an open run, whoever works on it. */
  list(): Promise<readonly Claim[]>;
}

/** The same alert, however often it fires. */
const nameOf = ({ name, component, metric = '' }: Alert): string =>
  createHash('sha256')
    .update(JSON.stringify([name, component, metric]))
    .digest('hex')
    .slice(0, 32);

/** Between taking or giving a lease and writing or removing its document lie moments, which are waited for. */
const TRIES = 40;
const BETWEEN_MS = 50;

export function openClaims({ documents, leases }: Pick<Stores, 'documents' | 'leases'>): Claims {
  const alerts = documents('alerts');
  const read = async (name: string): Promise<Claim | undefined> => {
    const text = await alerts.read(name);
    return text === undefined ? undefined : Claim.parse(JSON.parse(text));
  };
  return {
    async take(alert, run) {
      const name = nameOf(alert);
      for (let tries = 0; tries < TRIES; tries += 1) {
        const taken = await leases.take(`alert-${name}`, { work: run, by: 'triage' });
        if ('lease' in taken) {
          await alerts.create(name, JSON.stringify({ run, alert } satisfies Claim));
          return { run: (await read(name))?.run ?? run, isOurs: true, lease: taken.lease };
        }
        const held = await read(name);
        if (held) return { run: held.run, isOurs: false };
        await sleep(BETWEEN_MS);
      }
      throw new ToolError(
        'conflict',
        'another process opens or ends a run for this alert just now; try again',
      );
    },
    async give(alert, lease) {
      // First the document: whoever takes the lease next finds none, and opens a run of his own.
      await alerts.remove(nameOf(alert));
      await lease.release();
    },
    list: async () => (await alerts.all()).map(({ text }) => Claim.parse(JSON.parse(text))),
  };
}
