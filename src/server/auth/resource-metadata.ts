import type { OidcSettings } from './oidc.ts';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** What a client reads to learn who makes tokens for this server (RFC 9728). */
export interface ResourceMetadata {
  /** Where the document is, for the outside. */
  readonly url: string;
  /** Whether a path of this server is the document's. */
  isAt(path: string): boolean;
  readonly document: Readonly<Record<string, unknown>>;
}

/**
 * The metadata of this server as a protected resource, which is the audience of its tokens. The document is at the
 * well-known path with the resource's own path behind it (RFC 9728 §3.1), and at the root, where MCP has clients look next.
 */
export function resourceMetadataOf({ audience, issuer, scope }: OidcSettings): ResourceMetadata {
  const { origin, pathname } = new URL(audience);
  const path = `${WELL_KNOWN}${pathname === '/' ? '' : pathname}`;
  return {
    url: `${origin}${path}`,
    // A proxy may take a prefix of the resource's path away before it asks here; /mcp is what it is called here.
    isAt: (asked) => asked === path || asked === WELL_KNOWN || asked === `${WELL_KNOWN}/mcp`,
    document: {
      resource: audience,
      authorization_servers: [issuer],
      bearer_methods_supported: ['header'],
      resource_name: 'Stackward',
      ...(scope === undefined ? {} : { scopes_supported: [scope] }),
    },
  };
}
