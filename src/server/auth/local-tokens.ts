import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { StoreError } from '../../store/documents.ts';
import type { StoredToken, TokenStore } from '../../store/tokens.ts';
import type { Credential, Refused, TokenVerifier } from './credential.ts';

/** How a token of our own begins. */
export const OWN_PREFIX = 'swt_';
/** So often at most the last use of a token is kept, in milliseconds. */
const USE_EVERY_MS = 60_000;
/** What a request is told while the store does not answer. */
export const STORE_AWAY: Refused = {
  refused: 'unsure',
  of: 'store',
  message: 'the store of the tokens is away, so nobody can be told apart; try again',
  retryAfterS: 1,
};

export interface NewToken {
  readonly principal: string;
  readonly expires?: Date;
  /** The token whose place it takes, and until when that one still works. */
  readonly replaces?: { readonly id: string; readonly until: Date };
}

/**
 * Makes a token for a principal and stores its hash. Both it and the one that it replaces work until the latter's end.
 * @returns the token itself, which cannot be had again
 */
export async function makeToken(
  store: TokenStore,
  { principal, expires, replaces }: NewToken,
): Promise<{ id: string; token: string }> {
  const token = `${OWN_PREFIX}${randomBytes(32).toString('base64url')}`;
  const id = randomBytes(4).toString('hex');
  await store.add({
    id,
    principal,
    hash: hashOf(token),
    created: new Date().toISOString(),
    ...(expires ? { expires: expires.toISOString() } : {}),
    ...(replaces ? { replaces: replaces.id } : {}),
  });
  if (replaces) await store.shorten(replaces.id, replaces.until);
  return { id, token };
}

/** Tells whose one of our own tokens is, by the store as it is at that moment. */
export interface LocalTokens extends TokenVerifier {
  /** Once there was a token, every request needs one: revoking the last must not open the door. */
  exist(): Promise<boolean | 'unsure'>;
  /** Whether somebody can be let in by one now. */
  areUsable(): Promise<boolean>;
}

export function openLocalTokens(
  store: TokenStore,
  { onProblem, now = Date.now }: { onProblem(message: string): void; now?: () => number },
): LocalTokens {
  let toldOf = '';
  let wereThere = false;
  const uses = new Map<string, number>();
  /**
   * The tokens; none when the store cannot be trusted, since then every token is refused, and `away` while nobody can
   * tell: that passes, so nothing is ended for it.
   */
  const tokensNow = async (): Promise<readonly StoredToken[] | 'away' | undefined> => {
    try {
      const tokens = await store.list();
      wereThere ||= tokens !== undefined;
      toldOf = '';
      return tokens;
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'the tokens cannot be read';
      // Once, not with every request that knocks.
      if (problem !== toldOf) onProblem(`${problem}; until then every token is refused`);
      toldOf = problem;
      if (error instanceof StoreError) return 'away';
      wereThere = true;
      return [];
    }
  };
  const readable = async () => {
    const tokens = await tokensNow();
    return tokens === 'away' ? undefined : tokens;
  };
  const isExpired = ({ expires }: StoredToken) => expires !== undefined && Date.parse(expires) <= now();
  const find = async (id: string, principal: string) =>
    (await readable())?.find((one) => one.id === id && one.principal === principal);
  const noteUse = (id: string) => {
    if (now() - (uses.get(id) ?? 0) < USE_EVERY_MS) return;
    uses.set(id, now());
    // It is told to people alone, so a call does not fail for it.
    store.noteUse(id, new Date(now())).catch(() => {});
  };
  // One object a token, so that whoever watches many requests of one asks once.
  const credentials = new Map<string, Credential>();
  const credentialOf = ({ id, principal }: StoredToken): Credential => {
    const known = credentials.get(id);
    if (known?.principal === principal) return known;
    const made: Credential = {
      principal,
      tokenId: id,
      async isLive() {
        const found = await find(id, principal);
        return found !== undefined && !isExpired(found);
      },
      async isRevoked() {
        const tokens = await tokensNow();
        return tokens !== 'away' && !tokens?.some((one) => one.id === id && one.principal === principal);
      },
    };
    credentials.set(id, made);
    return made;
  };

  return {
    async exist() {
      return (await tokensNow()) === 'away' ? wereThere || 'unsure' : wereThere;
    },
    areUsable: async () => (await readable())?.some((one) => !isExpired(one)) ?? false,
    async verify(token) {
      const hash = Buffer.from(hashOf(token), 'hex');
      const tokens = await tokensNow();
      if (tokens === 'away') return STORE_AWAY;
      const found = tokens?.find((one) => timingSafeEqual(Buffer.from(one.hash, 'hex'), hash));
      if (!found || isExpired(found))
        return { refused: 'invalid', message: 'the bearer token is unknown, revoked or expired' };
      noteUse(found.id);
      return credentialOf(found);
    },
  };
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
