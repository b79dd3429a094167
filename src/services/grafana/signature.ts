import { z } from 'zod';

/** How all text begins that people will read as Stackward's. */
export const SIGNED = 'Stackward for ';

/** How an annotation's text and a saved version's message begin, so that people see who asked and the way back finds it. */
export const signatureOf = (principal: string, callId: string): string =>
  `${SIGNED}${principal}, call ${callId}: `;

/** A signature as a record holds it. */
export const Signature = z.string().regex(/^Stackward for .+, call .+: $/);
