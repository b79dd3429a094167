import { z } from 'zod';

/** How an annotation's text and a saved version's message begin, so that people see who asked and the way back finds it. */
export const signatureOf = (principal: string, callId: string): string =>
  `Stackward for ${principal}, call ${callId}: `;

/** A signature as a record holds it. */
export const Signature = z.string().regex(/^Stackward for .+, call .+: $/);
