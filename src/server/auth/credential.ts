/** What a request showed to prove whose it is, after it was found to be good. It holds nothing of the token itself. */
export interface Credential {
  /** An agent of the topology, or the stack's own client. */
  readonly principal: string;
  /** Which of this server's own tokens it is; absent for what an issuer made, and where no token is needed. */
  readonly tokenId?: string;
  /**
   * Whether it would be let in now, too: not revoked, not expired, still this principal's. Never rejects: what cannot
   * be told counts as no.
   */
  isLive(): Promise<boolean>;
  /**
   * A revoked credential ends what was opened with it; an expired one only what is being sent to it. While nobody can
   * tell, as the store is away, it is not.
   */
  isRevoked(): Promise<boolean>;
}

/** Why a token lets nobody in. */
export type Refused =
  /** It is no token of ours, or of the issuer: unknown, revoked, expired, forged, or made for another server. */
  | { readonly refused: 'invalid'; readonly message: string }
  /** It is good, and the topology maps it to no agent, or to more than one. */
  | { readonly refused: 'unmapped'; readonly message: string }
  /** It is good, and was not given the scope that this server asks for. */
  | { readonly refused: 'scope'; readonly message: string; readonly scope: string }
  /** Whether it is good cannot be told now; later it may. */
  | {
      readonly refused: 'unsure';
      /** Who cannot be asked. */
      readonly of: 'issuer' | 'store';
      readonly message: string;
      readonly retryAfterS: number;
    };

/** Tells whose a token is. */
export interface TokenVerifier {
  verify(token: string): Promise<Credential | Refused>;
}
