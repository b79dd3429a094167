import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Token = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  /** An agent of the topology, or `stack` for the stack's own client. */
  principal: z.string().min(1),
  /** SHA-256 of the token, hex. A token has 256 random bits, so a slow hash would add nothing. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  created: z.iso.datetime(),
  expires: z.iso.datetime().optional(),
});
type Token = z.infer<typeof Token>;

/** A token as it may be shown: without its hash. */
export type ListedToken = Omit<Token, 'hash'>;

/** Where a data directory keeps its tokens. */
export const tokensFileOf = (dataDir: string): string => join(dataDir, 'tokens.json');

/**
 * Makes a token for a principal and stores its hash.
 * @returns the token itself, which cannot be had again
 */
export function createToken(
  file: string,
  { principal, expires }: { principal: string; expires?: Date },
): { id: string; token: string } {
  const token = `swt_${randomBytes(32).toString('base64url')}`;
  const id = randomBytes(4).toString('hex');
  const made: Token = {
    id,
    principal,
    hash: hashOf(token),
    created: new Date().toISOString(),
    ...(expires ? { expires: expires.toISOString() } : {}),
  };
  writeTokens(file, [...(readTokens(file) ?? []), made]);
  return { id, token };
}

export const listTokens = (file: string): ListedToken[] =>
  (readTokens(file) ?? []).map(({ hash: _hash, ...shown }) => shown);

/** Takes a token back; it is refused from the next request on. False when there is none of that id. */
export function revokeToken(file: string, id: string): boolean {
  const tokens = readTokens(file) ?? [];
  const left = tokens.filter((token) => token.id !== id);
  if (left.length === tokens.length) return false;
  writeTokens(file, left);
  return true;
}

/** Tells whose token a request carries, by the file as it is at that moment. */
export interface TokenVerifier {
  /** Once there is a file, every request needs a token: revoking the last one must not open the door. */
  isRequired(): boolean;
  /** The principal of a token; undefined when it is unknown, revoked or expired, or the file cannot be trusted. */
  principalOf(token: string): string | undefined;
  /** The id of a token and whose it is; undefined as above. */
  holderOf(token: string): { id: string; principal: string } | undefined;
  /** Whether the token of this id is still this principal's: not revoked, not expired. */
  isLive(holder: { id: string; principal: string }): boolean;
}

export function openTokenVerifier(
  file: string,
  { onProblem, now = Date.now }: { onProblem(message: string): void; now?: () => number },
): TokenVerifier {
  let seen = '';
  let tokens: readonly Token[] | undefined;
  let wasThere = false;
  const refresh = () => {
    const stamp = stampOf(file);
    if (stamp === seen) return;
    seen = stamp;
    wasThere ||= stamp !== '';
    try {
      tokens = readTokens(file);
    } catch (error) {
      tokens = [];
      onProblem(`${error instanceof Error ? error.message : error}; until then every token is refused`);
    }
  };
  const isExpired = ({ expires }: Token) => expires !== undefined && Date.parse(expires) <= now();
  const holderOf = (token: string) => {
    refresh();
    const hash = Buffer.from(hashOf(token), 'hex');
    const found = tokens?.find((one) => timingSafeEqual(Buffer.from(one.hash, 'hex'), hash));
    return found && !isExpired(found) ? { id: found.id, principal: found.principal } : undefined;
  };
  return {
    isRequired() {
      refresh();
      return wasThere;
    },
    principalOf: (token) => holderOf(token)?.principal,
    holderOf,
    isLive({ id, principal }) {
      refresh();
      return tokens?.some((one) => one.id === id && one.principal === principal && !isExpired(one)) ?? false;
    },
  };
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Changes with the file's content, owner and mode. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found ? `${found.ino}:${found.ctimeNs}:${found.size}` : '';
}

function readTokens(file: string): Token[] | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (found.mode & 0o022)
    throw new Error(`${file} can be written by others than its owner; run: chmod 600 ${file}`);
  const parsed = z.array(Token).safeParse(parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is not a list of tokens: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Written aside and renamed, so that a reader sees the old list or the new one. */
function writeTokens(file: string, tokens: readonly Token[]): void {
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(aside, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
  chmodSync(aside, 0o600);
  renameSync(aside, file);
}
