import { createHash, randomBytes } from 'node:crypto';
import type { Documents } from './documents.ts';

/** Remembers which single-use values were used, for everybody who takes them. */
export interface Nonces {
  /**
   * Uses a nonce up. True for exactly one caller, whichever process or replica; false for every other, and for one
   * that is past its time. What returned survives a crash. Rejects when that cannot be kept.
   * @param nonce `[A-Za-z0-9_-]`, 16 to 64 characters
   * @param expires from when on whoever made it takes it no more, so that it can be forgotten; at most a day ahead
   */
  consumeNonce(nonce: string, expires: Date): Promise<boolean>;
  /**
   * Names this memory. Whoever has another one cannot tell what was used here, so what is single-use says in whose
   * memory, and nobody else takes it.
   */
  place(): Promise<string>;
}

const DAY_MS = 86_400_000;
/** So often at most what is past is swept away, in milliseconds. */
const SWEEP_MS = 60_000;
const PLACE = 'place';

/** Nonces in a collection of their own, of either engine. Each is kept a day longer than it is taken, whoever's clock is behind. */
export function openNonces(documents: Documents, { now = Date.now }: { now?: () => number } = {}): Nonces {
  let swept = 0;
  let place: string | undefined;
  const sweep = async () => {
    if (now() - swept < SWEEP_MS) return;
    swept = now();
    for (const { key, text } of await documents.all())
      if (key !== PLACE && Date.parse(text) + DAY_MS < now()) await documents.remove(key);
  };
  return {
    async consumeNonce(nonce, expires) {
      if (!/^[A-Za-z0-9_-]{16,64}$/.test(nonce))
        throw new TypeError('a nonce is [A-Za-z0-9_-], 16 to 64 characters');
      if (!(expires.getTime() <= now() + DAY_MS)) throw new TypeError('a nonce expires within a day');
      if (expires.getTime() <= now()) return false;
      await sweep();
      // Hashed: a key has no capitals.
      return documents.create(createHash('sha256').update(nonce).digest('hex'), expires.toISOString());
    },
    async place() {
      place ??= await documents.read(PLACE);
      if (place !== undefined) return place;
      // Of two that begin at once both read the name that was first.
      await documents.create(PLACE, randomBytes(16).toString('hex'));
      place = await documents.read(PLACE);
      if (place === undefined) throw new Error('the name of the memory of used answers cannot be read');
      return place;
    },
  };
}
