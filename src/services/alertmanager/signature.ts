/** The author that Alertmanager shows for what Stackward created. */
export const authorOf = (principal: string): string => `stackward/${principal}`;

/**
 * The beginning of the comment of every silence that Stackward creates. It names the call, so that a silence
 * whose id got lost with the server's answer is found again; the caller's own words only ever follow it.
 */
export const signatureOf = (principal: string, callId: string): string =>
  `Stackward for ${principal}, call ${callId}: `;
