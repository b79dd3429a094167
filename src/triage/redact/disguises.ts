import type { Escaping } from '../../secrets/mask/views.ts';

/** Terminal colours, characters that nobody sees (zero width, direction, variation, tags), and the escapes that results show for them. */
const UNSEEN =
  '\\\\u\\{[0-9a-fA-F]{1,6}\\}|\\u001b\\[[0-9;]{0,16}[A-Za-z]|[\\u0000-\\u0008\\u000e-\\u001a\\u007f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb]|\\udb40[\\udc00-\\uddef]';
/** Letters and digits of other widths and faces, which NFKC folds to plain ones. */
const FACES =
  '[\\uff01-\\uff5e\\u2070-\\u209c\\u24b6-\\u24e9\\u2460-\\u2468]|\\ud835[\\udc00-\\udfff]|[\\u2024\\ufe52\\ufe55\\ufe6b\\ufe63\\u2010\\u2011\\ufe58]';

/** Letters of Cyrillic and Greek that look like Latin ones. */
const TWINS: ReadonlyMap<string, string> = new Map(
  [...'аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwАAВBЕEКKМMНHОOРPСCТTХXІIЈJЅSοoΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXνvкkмmтtӏl']
    .map((letter, i, all) => [letter, all[i + 1] ?? ''] as const)
    .filter((_, i) => i % 2 === 0),
);

const TWIN = `[${[...TWINS.keys()].join('')}]`;
const LATIN = '[A-Za-z0-9_.@-]';

/** Takes out what nobody sees, and reads other faces of a character, and look-alikes beside Latin letters, as the plain one. */
export const DISGUISES: Escaping = {
  sign: '',
  escapes: new RegExp(`${UNSEEN}|${FACES}|(?<=${LATIN})${TWIN}|${TWIN}(?=${LATIN})`, 'g'),
  decode: (face) =>
    TWINS.get(face) ?? (/[\u2010\u2011]/.test(face) ? '-' : isFace(face) ? face.normalize('NFKC') : ''),
};

const WHOLE_FACE = new RegExp(`^(?:${FACES})$`);
const isFace = (character: string) => WHOLE_FACE.test(character);

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

/** Takes one layer of every escaping off at once, each where it stands. Their signs tell them apart. */
export function allOf(escapings: readonly Escaping[]): Escaping {
  const signed = escapings.filter(({ sign }) => sign !== '');
  const other = escapings.find(({ sign }) => sign === '');
  return {
    sign: '',
    escapes: new RegExp(escapings.map(({ escapes }) => escapes.source).join('|'), 'gi'),
    decode: (escaped) => {
      const isUnseen = escaped.startsWith('\\u{');
      const escaping = isUnseen ? other : (signed.find(({ sign }) => escaped.startsWith(sign)) ?? other);
      return escaping?.decode(escaped) ?? escaped;
    },
  };
}
