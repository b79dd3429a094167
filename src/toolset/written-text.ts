import { z } from 'zod';

/**
 * What obeys or hides in the tools where people read: controls, private characters, half surrogate pairs, line
 * separators, what Unicode itself says is not to be seen, and letters that are blank. Of the selectors that choose
 * how an emoji looks, one may stand behind a character; more would carry text past the eye.
 */
const UNSEEN =
  /(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}|[\ufe0e\ufe0f]{2}|[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u2800\u{1d159}]/u;

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
 * Text that mentions nobody in a tool that we do not know: what opens a tag, a Slack sequence such as `<!channel>`,
 * or a mention is parted by a visible space. An address such as `ann@example.com` stays, and so does a link.
 */
export const inert = (text: string): string =>
  text
    .replace(/<(?=[!@#/?\p{L}])/gu, '< ')
    .replace(
      /(?<![\p{L}\p{N}])@(?=\S)|@(?=[^\s\p{L}\p{N}]|(?:all|channel|everyone|here)(?![\p{L}\p{N}]))/giu,
      '@ ',
    );
