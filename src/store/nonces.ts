/** Remembers which single-use values were used, for everybody who takes them. */
export interface Nonces {
  /**
   * Uses a nonce up. True for exactly one caller, whichever process or replica; false for every other, and for one
   * that is past its time. What returned survives a crash. Rejects when that cannot be kept, and then nothing was.
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

export const DAY_MS = 86_400_000;

/** Throws a TypeError for what no nonce may be. */
export function assertNonce(nonce: string, expires: Date, now: number): void {
  if (!/^[A-Za-z0-9_-]{16,64}$/.test(nonce))
    throw new TypeError('a nonce is [A-Za-z0-9_-], 16 to 64 characters');
  if (!(expires.getTime() <= now + DAY_MS)) throw new TypeError('a nonce expires within a day');
}
