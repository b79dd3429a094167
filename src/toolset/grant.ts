declare const brand: unique symbol;

/**
 * Proof that the gate allowed one write. Only `gate/` makes one, for one call; `assertGrant` there checks at
 * run time that it did, since a cast could forge the type.
 */
export interface WriteGrant {
  readonly [brand]: 'WriteGrant';
  readonly callId: string;
  readonly principal: string;
  readonly tool: string;
  readonly target: string;
  /** For trying a way back on a session of which nothing lasts; it opens no other. */
  readonly isTrial?: true;
  /**
   * Asked right before what cannot be taken back leaves for a service, the more messages went before it: nobody has
   * stopped all writes meanwhile, and the lease that the write is held to is still held. Rejects with ToolError, and
   * then nothing may be sent.
   */
  assertStands(): Promise<void>;
}
