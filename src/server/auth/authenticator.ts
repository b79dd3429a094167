import type { TokenStore } from '../../store/tokens.ts';
import type { Graph } from '../../topology/graph.ts';
import type { Credential, Refused, TokenVerifier } from './credential.ts';
import { type LocalTokens, OWN_PREFIX, openLocalTokens } from './local-tokens.ts';
import { type OidcSettings, openOidc } from './oidc.ts';
import { type ResourceMetadata, resourceMetadataOf } from './resource-metadata.ts';

/** Everything by which a request may prove whose it is. */
export interface Authenticator extends TokenVerifier {
  /** Whether every request needs a token; `unsure` where that cannot be told now, and then nobody is let in. */
  isRequired(): Promise<boolean | 'unsure'>;
  /** The tokens that this Stackward makes itself. */
  readonly local: LocalTokens;
  /** Present when tokens of an issuer are taken, too. */
  readonly metadata?: ResourceMetadata;
  readonly scope?: string;
  /** Why nobody at all can be let in just now; undefined while somebody can. */
  closed(): Promise<string | undefined>;
}

export function openAuthenticator(
  store: TokenStore,
  {
    oidc: settings,
    graph,
    onProblem,
  }: { oidc?: OidcSettings; graph: () => Graph; onProblem(message: string): void },
): Authenticator {
  const local = openLocalTokens(store, { onProblem });
  if (!settings)
    return { local, isRequired: local.exist, verify: local.verify, closed: async () => undefined };
  const oidc = openOidc(settings, { graph, onProblem });
  // The first caller does not have to wait for them, and a server that just started can say whether it is ready.
  void oidc.warm();
  return {
    local,
    metadata: resourceMetadataOf(settings),
    ...(settings.scope === undefined ? {} : { scope: settings.scope }),
    isRequired: async () => true,
    /** A token is judged by its own kind alone: none that one verifier refuses is offered to the other. */
    verify: (token): Promise<Credential | Refused> =>
      token.startsWith(OWN_PREFIX) ? local.verify(token) : oidc.verify(token),
    async closed() {
      if (oidc.isReady() || (await local.areUsable())) return undefined;
      await oidc.warm();
      return oidc.isReady()
        ? undefined
        : 'the keys of the tokens’ issuer cannot be had, and there are no other tokens';
    },
  };
}
