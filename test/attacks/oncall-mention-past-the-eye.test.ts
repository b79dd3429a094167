import { expect, test } from 'vitest';
import { inert, writtenLine } from '../../src/toolset/written-text.ts';

/** Mentions that Mattermost, Zulip, Discord, GitHub or Teams obey although no blank is before the sign. */
test.each([
  '_@channel_ now',
  'x@everyone',
  '1@here',
  '@**all**',
  '@_**ann**',
  '@-ops',
  '@&team',
  'ü@channel',
])('%j mentions nobody', (text) =>
  expect(inert(text)).not.toMatch(/@(?=[^\s\p{L}\p{N}]|channel|everyone|here)/u),
);

test('an address stays readable', () => {
  expect(inert('write to ann@example.com, at 5 @ noon')).toBe('write to ann@example.com, at 5 @ noon');
});

/** Invisible in every font, each by Unicode's own property or as a blank letter. */
const UNSEEN = ['\ufe00', '\u180b', '\u17b4', '\u{e0000}', '\u2065', '\ufff0', '\u2800', '\u{1d159}'];

test.each(UNSEEN.map((character) => [character.codePointAt(0)?.toString(16), character]))(
  'U+%s is refused',
  (_, character) => expect(writtenLine(300).safeParse(`a${character}b`).success).toBe(false),
);

test('selectors in a row are text past the eye, one is an emoji’s', () => {
  expect(writtenLine(300).safeParse('disk full \u26a0\ufe0f now').success).toBe(true);
  expect(writtenLine(300).safeParse('disk full \u26a0\ufe0f\ufe0e now').success).toBe(false);
});
