import type { Escaping } from '../../secrets/mask/views.ts';

/** Terminal colours, and characters that nobody sees: zero width, direction, variation, tags. */
const UNSEEN =
  '\\u001b\\[[0-9;]{0,16}[A-Za-z]|[\\u0000-\\u0008\\u000e-\\u001a\\u007f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb]|\\udb40[\\udc00-\\uddef]';
/** Letters and digits of other widths and faces, which NFKC folds to plain ones. */
const FACES =
  '[\\uff01-\\uff5e\\u2070-\\u209c\\u24b6-\\u24e9\\u2460-\\u2468]|\\ud835[\\udc00-\\udfff]|[\\u2024\\ufe52\\ufe55\\ufe6b\\ufe63\\u2010\\u2011\\ufe58]';

/** Letters of Cyrillic and Greek that look like Latin ones. */
const TWINS: ReadonlyMap<string, string> = new Map(
  [...'аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwАAВBЕEКKМMНHОOРPСCТTХXІIЈJЅSοoΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXνvкkмmтtӏl']
    .map((letter, i, all) => [letter, all[i + 1] ?? ''] as const)
    .filter((_, i) => i % 2 === 0),
);

/** Takes out what hides between a token's characters. */
export const UNSEEN_CHARACTERS: Escaping = { sign: '', escapes: new RegExp(UNSEEN, 'g'), decode: () => '' };

/** Reads other faces of a character as the plain one. */
export const OTHER_FACES: Escaping = {
  sign: '',
  escapes: new RegExp(FACES, 'g'),
  decode: (face) => (/[\u2010\u2011]/.test(face) ? '-' : face.normalize('NFKC')),
};

/** Reads a look-alike as the Latin letter, where a Latin letter or a digit stands beside it. */
export const TWIN_LETTERS: Escaping = {
  sign: '',
  escapes: new RegExp(
    `(?<=[A-Za-z0-9_.@-])[${[...TWINS.keys()].join('')}]|[${[...TWINS.keys()].join('')}](?=[A-Za-z0-9_.@-])`,
    'g',
  ),
  decode: (letter) => TWINS.get(letter) ?? letter,
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&commat;': '@',
  '&colon;': ':',
  '&equals;': '=',
};

/** HTML and XML entities. */
export const ENTITY_ESCAPES: Escaping = {
  sign: '&',
  escapes: /&(?:quot|apos|amp|lt|gt|commat|colon|equals|#\d{1,6}|#x[0-9a-f]{1,5});/gi,
  decode: (entity) => {
    const known = ENTITIES[entity.toLowerCase()];
    if (known !== undefined) return known;
    const code = /^&#x/i.test(entity) ? Number.parseInt(entity.slice(3), 16) : Number(entity.slice(2, -1));
    return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : entity;
  },
};
