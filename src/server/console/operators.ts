import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { userInfo } from 'node:os';
import { STACK_PRINCIPAL } from '../../toolset/reach.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Credential } from '../auth/credential.ts';
import type { Who } from './wire.ts';

/** Who uses the console: named in the audit, and whether they may decide anything. */
export interface Operator {
  readonly name: string;
  readonly mayDecide: boolean;
}

export interface OperatorSettings {
  readonly tokens: Authenticator;
  /** Who a request without a token is, where none is needed. */
  readonly fallback: string;
  /** Whether whoever reaches the page without a token may decide too, as the user that serves. */
  readonly localOperator: boolean;
  readonly stack: () => string;
  readonly now?: () => number;
}

/** Signs operators in and out, and tells whose a request is. */
export interface Operators {
  of(request: IncomingMessage): Promise<Operator | undefined>;
  /** Who the page belongs to, for the page itself. */
  who(request: IncomingMessage): Promise<Who>;
  /** The cookie of a new session, and its operator; undefined for a token that is not a live one of the stack's own client. */
  signIn(
    token: string,
    request: IncomingMessage,
    isSecure: boolean,
  ): Promise<{ cookie: string; operator: Operator } | undefined>;
  /** Ends the session of a request; the cookie that clears it. */
  signOut(request: IncomingMessage): string;
}

interface Session {
  readonly credential: Credential;
  readonly name: string;
  readonly until: number;
}

const HOURS = 8;
/** More than any stack has operators; the oldest goes first. */
const MOST_SESSIONS = 256;

/** An operator is who holds a token of the stack's own client: the one principal that sees what all links reach. */
export function openOperators({
  tokens,
  fallback,
  localOperator,
  stack,
  now = Date.now,
}: OperatorSettings): Operators {
  const sessions = new Map<string, Session>();
  const sessionOf = async (request: IncomingMessage): Promise<Session | undefined> => {
    const key = keyIn(request);
    const session = key === undefined ? undefined : sessions.get(key);
    if (key === undefined || !session) return undefined;
    const { until, credential } = session;
    if (until > now() && (await credential.isLive())) return session;
    // A revoked token ends its sessions with the next request; one that cannot be looked up now does not.
    if (until <= now() || (await credential.isRevoked())) sessions.delete(key);
    return undefined;
  };
  const of = async (request: IncomingMessage): Promise<Operator | undefined> => {
    if (!(await tokens.isRequired()))
      return fallback === STACK_PRINCIPAL
        ? { name: userInfo().username, mayDecide: localOperator }
        : undefined;
    const session = await sessionOf(request);
    return session && { name: session.name, mayDecide: true };
  };
  return {
    of,
    async who(request) {
      const operator = await of(request);
      const whoever = { stack: stack(), ...(operator ? { operator } : {}) };
      if (await tokens.isRequired()) return { ...whoever, signIn: 'token' };
      if (!operator)
        return { stack: '', signIn: 'closed', hint: `this server serves ${fallback}, which is no operator` };
      return localOperator
        ? { ...whoever, signIn: 'open' }
        : { ...whoever, signIn: 'open', hint: 'deciding needs a token, or serve --local-operator' };
    },
    async signIn(token, request, isSecure) {
      const credential = await tokens.local.verify(token);
      if ('refused' in credential || credential.principal !== STACK_PRINCIPAL) return undefined;
      // The token's id tells operators apart, and leads to who made it.
      const name = `operator:${credential.tokenId}`;
      const secret = randomBytes(32).toString('base64url');
      const [oldest] = sessions.size >= MOST_SESSIONS ? sessions.keys() : [];
      if (oldest !== undefined) sessions.delete(oldest);
      sessions.set(hashOf(secret), { credential, name, until: now() + HOURS * 3_600_000 });
      const cookie = cookieOf(request, secret, HOURS * 3_600) + (isSecure ? '; Secure' : '');
      return { cookie, operator: { name, mayDecide: true } };
    },
    signOut(request) {
      const key = keyIn(request);
      if (key !== undefined) sessions.delete(key);
      return cookieOf(request, '', 0);
    },
  };
}

/** Two servers on one host share its cookies, so each names its own after its port. */
const cookieName = ({ socket }: IncomingMessage): string => `stackward-console-${socket.localPort}`;

const cookieOf = (request: IncomingMessage, value: string, seconds: number): string =>
  `${cookieName(request)}=${value}; Path=/console; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;

function keyIn(request: IncomingMessage): string | undefined {
  const name = `${cookieName(request)}=`;
  const found = request.headers.cookie?.split('; ').filter((one) => one.startsWith(name)) ?? [];
  const secret = found.length === 1 ? found[0]?.slice(name.length) : undefined;
  return secret === undefined || secret === '' ? undefined : hashOf(secret);
}

/** Only the hash is kept: what lies in memory opens no session. */
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
