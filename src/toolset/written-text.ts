import { z } from 'zod';

/**
 * What obeys or hides in the tools where people read: controls, format and private characters, half surrogate pairs,
 * line separators, blank letters, and selectors that carry text past the eye.
 */
const UNSEEN = /\u034f|[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|[\u{e0100}-\u{e01ef}]/u;

/** One line that a caller writes for people, of at most `most` characters. */
export const writtenLine = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !UNSEEN.test(text), 'one line of visible characters');

/** Several lines that a caller writes for people. */
export const writtenText = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !UNSEEN.test(text.replace(/[\n\t]/g, '')), 'lines of visible characters');

/** A caller's name for one thing that must happen once. */
export const IdempotencyKey = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{2,99}$/, '3 to 100 letters, digits and ._:- are accepted');

/**
 * Text that calls nobody and links nowhere in a tool that we do not know: what opens a tag, a Slack sequence such as
 * `<!channel>`, or a mention is parted by a visible space.
 */
export const inert = (text: string): string =>
  text.replace(/<(?=[!@#/?\p{L}])/gu, '< ').replace(/(?<![\p{L}\p{N}_])@(?=[\p{L}\p{N}_])/gu, '@ ');
