import type { Refused } from './credential.ts';

/** What a client may learn of how to get in: where the metadata of this resource is, and the scope to ask for. */
export interface ChallengeSettings {
  readonly metadataUrl?: string;
  readonly scope?: string;
}

/**
 * The `WWW-Authenticate` header of a refusal (RFC 6750 §3, RFC 9728 §5.1), as the authorization pages of MCP 2025-11-25
 * and 2026-07-28 ask for it; undefined where another token would not help.
 */
export function challengeFor(
  refused: Refused['refused'] | 'missing',
  { metadataUrl, scope }: ChallengeSettings,
): string | undefined {
  if (refused === 'unsure' || refused === 'unmapped') return undefined;
  const parameters = [
    ['realm', 'stackward'],
    // A request that shows no token did nothing wrong yet, so it is not told of an error (RFC 6750 §3.1).
    ['error', { missing: undefined, invalid: 'invalid_token', scope: 'insufficient_scope' }[refused]],
    ['scope', scope],
    ['resource_metadata', metadataUrl],
  ] as const;
  const told = parameters.filter(([, value]) => value !== undefined);
  return `Bearer ${told.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}
