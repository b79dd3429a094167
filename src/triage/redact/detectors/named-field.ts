import { type Add, type Detector, matchAt, runStart } from '../detector.ts';
import { LINKS, type Link } from './field-links.ts';
import { type FieldMeaning, meaningOf } from './field-names.ts';
import { isTelling, valueAt } from './field-value.ts';

/** What is in every name that could mean a secret; the name around it decides. */
const ANCHOR =
  /pass|pwd|pw|secret|token|key|cred|auth|sess|sid|sig|hmac|salt|seed|mnemonic|cvv|cvc|csc|pin|otp|jwt|bearer|csrf|xsrf|code|kennwort|senha|contrase|motdepasse|mdp|wachtwoord|has[lł]o|heslo|jelsz|l[öo]senord|parola|salasana|пароль|密码|密碼|パスワード|비밀번호|pat/gi;
const NAME = /[\p{L}\p{N}_.$-]/u;
const LONGEST_NAME = 80;

/** A field that its name gives away: an assignment, JSON, YAML, XML, SQL, a flag, a header, or a sentence. */
export const namedField: Detector = {
  name: 'named-field',
  find(text, add) {
    ANCHOR.lastIndex = 0;
    for (let anchor = ANCHOR.exec(text); anchor; anchor = ANCHOR.exec(text)) {
      const end = nameEnd(text, anchor.index + anchor[0].length);
      ANCHOR.lastIndex = Math.max(end, fieldAt(text, anchor.index, end, add));
    }
  },
};

function nameEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && isNameCharacter(text, end)) end++;
  return end;
}

function nameStart(text: string, at: number): number {
  const limit = Math.max(0, at - LONGEST_NAME);
  let start = at;
  while (start > limit && isNameCharacter(text, start - 1)) start--;
  return start;
}

function isNameCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code > 127) return NAME.test(text.charAt(at));
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46
  );
}

/** Looks at one name and hides its value; returns the place to go on from. */
function fieldAt(text: string, anchor: number, end: number, add: Add): number {
  for (const link of LINKS) {
    const bridge = matchAt(link.pattern, text, end);
    if (!bridge) continue;
    const start = nameStart(text, anchor);
    const meaning = meaningOf(fullName(text, start, end));
    if (!meaning) return end;
    if (!link.fits(text, start, meaning)) continue;
    const taken = hide(text, end + bridge[0].length, { link, bridge: bridge[0], start, meaning }, add);
    if (taken > 0) return taken;
  }
  return end;
}

/** `api key: ...` is one name in two words. */
function fullName(text: string, start: number, end: number): string {
  const name = text.slice(start, end);
  if (!/^(?:key|token|secret|id|code|password|phrase)$/i.test(name) || text.charAt(start - 1) !== ' ')
    return name;
  return `${text.slice(runStart(text, start - 1, /[A-Za-z-]/, 16), start - 1)} ${name}`;
}

interface Field {
  readonly link: Link;
  readonly bridge: string;
  readonly start: number;
  readonly meaning: FieldMeaning;
}

/** Hides the value, or each of a list of values; returns the end of the last, or 0 where nothing was hidden. */
function hide(text: string, at: number, field: Field, add: Add): number {
  const { link, bridge, meaning } = field;
  const isSentence = link.isSentence || /:\s+$/.test(bridge);
  let from = at;
  let taken = 0;
  const isList = text.charAt(at) === '[' && /^\[\s{0,16}["']/.test(text.slice(at, at + 20));
  if (isList) from = at + text.slice(at + 1).search(/["']/) + 1;
  for (;;) {
    const value = link.value?.(text, from, field.start, meaning) ?? valueAt(text, from);
    if (!value) return taken;
    const standing = { isQuoted: value.isQuoted, isSentence: isSentence && !value.isQuoted };
    const shown = text.slice(value.from, value.to);
    const isHidden =
      isTelling(shown, meaning.hides, standing) && (link.isTelling?.(shown, value.isQuoted) ?? true);
    if (isHidden) {
      add(meaning.kind, value.from, value.to);
      taken = value.to;
    }
    const next = isList ? matchAt(/["'`]\s{0,16},\s{0,16}(?=["'])/y, text, value.to) : null;
    if (!next) return taken;
    from = value.to + next[0].length;
  }
}
