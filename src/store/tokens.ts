import { z } from 'zod';

/** A bearer token as it is kept: never itself, only what tells it again. */
export const StoredToken = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  /** An agent of the topology, or `stack` for the stack's own client. */
  principal: z.string().min(1),
  /** SHA-256 of the token, hex. A token has 256 random bits, so a slow hash would add nothing. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  created: z.iso.datetime(),
  expires: z.iso.datetime().optional(),
  /** The token whose place it takes. */
  replaces: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .optional(),
});
export type StoredToken = z.infer<typeof StoredToken>;

/**
 * Where the tokens lie. Several processes may use one at once, and none holds what it read for longer than a poll.
 * Every method rejects when the store is away or cannot be trusted; whoever asks then lets nobody in.
 */
export interface TokenStore {
  /** Every token, with the end that is in force; undefined while none was ever made, so that no door has a lock yet. */
  list(): Promise<readonly StoredToken[] | undefined>;
  /** Rejects when the id is taken. */
  add(token: StoredToken): Promise<void>;
  /** Brings the end of a token forward to `at`; an end that is earlier stays. False when there is no such token. */
  shorten(id: string, at: Date): Promise<boolean>;
  /** Takes a token away for good, whatever happens to it elsewhere at that moment. False when there is none. */
  remove(id: string): Promise<boolean>;
  /** Keeps roughly when a token was last used. */
  noteUse(id: string, at: Date): Promise<void>;
  /** When each token was last used, by id; one that never was is missing. */
  lastUses(): Promise<ReadonlyMap<string, Date>>;
}
