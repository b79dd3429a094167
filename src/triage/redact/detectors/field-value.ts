import { matchAt } from '../detector.ts';
import type { Hides } from './field-names.ts';

/** Where a field's value stands: `from` inclusive, `to` exclusive, without its quotes. */
export interface FieldValue {
  readonly from: number;
  readonly to: number;
  readonly isQuoted: boolean;
}

/** A longer value is hidden up to here only if nothing ends it before; a bound on what one quote can cost. */
const LONGEST = 65_536;
const OPENING = /(?:[bfrunBFRUNE@]{1,2}(?=["'`]))?("""|'''|\\?["'`]|""(?=[^\s,;}\])"]))/y;
/** What follows an `&`, `,` or `;` that ends a value: the next field. */
const NEXT_FIELD = /[&,;]+(?:\s|$|["'{[]|[\w.-]{1,48}(?:=|["']?:\s))/y;
const BARE = /[^\s"'`<>]/;

/** The value that begins at `at`, quoted or bare; undefined where none does. */
export function valueAt(text: string, at: number): FieldValue | undefined {
  const opening = matchAt(OPENING, text, at);
  if (opening?.[1]) return quotedValue(text, at + opening[0].length, opening[1]);
  const to = bareEnd(text, at);
  return to > at ? { from: at, to, isQuoted: false } : undefined;
}

function quotedValue(text: string, from: number, quote: string): FieldValue {
  const end = Math.min(text.length, from + LONGEST);
  const isLong = quote.length === 3;
  for (let i = from; i < end; i++) {
    const character = text.charAt(i);
    if (text.startsWith(quote, i)) {
      // SQL writes a quote inside a text twice.
      if (quote !== "'" || text.charAt(i + 1) !== "'" || i === from) return { from, to: i, isQuoted: true };
      i++;
    } else if (character === '\\' && !isLong) i++;
    // A text that was cut off has no closing quote; its line ends the value.
    else if ((character === '\n' || character === '\r') && !isLong) return { from, to: i, isQuoted: true };
  }
  return { from, to: end, isQuoted: true };
}

function bareEnd(text: string, at: number): number {
  const end = Math.min(text.length, at + LONGEST);
  let i = at;
  for (; i < end; i++) {
    const character = text.charAt(i);
    if (!BARE.test(character)) break;
    if (/[&,;]/.test(character) && matchAt(NEXT_FIELD, text, i)) break;
    if (character === '\\' && /["'`nrt\\]/.test(text.charAt(i + 1))) break;
  }
  return closersOff(text, at, i);
}

/** Takes the brackets and stops off that belong to the sentence around: `(token=abc).` */
function closersOff(text: string, from: number, to: number): number {
  let end = to;
  for (; end > from; end--) {
    const last = text.charAt(end - 1);
    if (/[,;:]/.test(last)) continue;
    const opener = { ')': '(', ']': '[', '}': '{' }[last];
    if (opener === undefined || text.slice(from, Math.min(end, from + 256)).includes(opener)) break;
  }
  return end;
}

/** Values that stand for one, or say that there is none. */
const STANDS_FOR =
  /^(?:\{[\w.-]{1,64}(?:#\d+)?\}|\{\*+\}|\*{2,}|[xX]{3,}|\.{2,}|…|\$\{.*\}|\$\(.*\)|\{\{.*|<[^<>]{0,64}>?|%\(?\w{0,32}\)?s|%[A-Z_]{2,40}%|\[?\(?(?:redacted|masked|hidden|filtered|removed|sensitive)\)?\]?|\[.{0,20}(?:REDACTED|FILTERED).{0,20}\]|null|nil|none|undefined|true|false|empty|n\/a|na|unset|-+|_+|0|!(?:Ref|Sub|GetAtt|vault).*)$/i;
const CODE =
  /^(?:(?:process\.env|os\.environ|os\.getenv|System\.getenv|ENV\[|import\.meta|env\.|secrets\.|vars?\.|local\.|module\.|config\.|settings\.|self\.|this\.|args\.|opts\.|options\.|params\.|request\.|req\.|res\.|ctx\.|data\.|user\.|credentials\.|new )\S*|[A-Za-z_][\w.]{0,80}\(.*|(?:vault|file|op|arn|projects|gcp|aws|azure|env|ref|ssm|awssm|sops):\S*|(?:\/[a-z0-9._-]+){2,}|https?:\/\/[^@\s]*)$/;
/** What is beside a placeholder was there when it was put in, and was let stand. */
const HOLDS_PLACEHOLDER = /\{[a-z][a-z-]{1,40}#\d{1,9}\}/;
/** A shell's variable, in one case throughout: `$DB_PASSWORD`. */
const VARIABLE = /^\$(?:[A-Z_][A-Z0-9_]{1,63}|[a-z_]{2,63})$/;
/** What stands after "password:" in a sentence about one. */
const PROSE =
  /^(?:invalid|incorrect|wrong|missing|expired|required|must|is|was|not|cannot|can't|failed|failure|bad|unauthorized|denied|mismatch|does|did|has|have|the|a|an|to|for|in|of|and|or|unknown|unable|could|should|will|please|too|no|yes|ok|string|str|text|number|int|integer|bool|boolean|optional|any|error|authentication|revoked|rejected|accepted|rotated|updated|changed|reset|verified|valid|EOF|end|unexpected|default|key|value|secret|type|object|array|byte|bytes)$/i;

/** How a value stands in its text. */
export interface Standing {
  readonly isQuoted: boolean;
  /** It follows a colon and a space, unquoted: it may be the next word of a sentence. */
  readonly isSentence: boolean;
}

/** Whether a value is to be hidden, given what its field's name says. */
export function isTelling(value: string, hides: Hides, { isQuoted, isSentence }: Standing): boolean {
  if (value === '' || STANDS_FOR.test(value) || VARIABLE.test(value) || HOLDS_PLACEHOLDER.test(value))
    return false;
  if (isSentence && PROSE.test(value.replace(/[.,!?:]+$/, ''))) return false;
  if (CODE.test(value) && !(hides === 'any' && isQuoted)) return false;
  if (hides === 'any') return true;
  if (hides === 'digits') return /^\d{3,8}$/.test(value);
  if (hides === 'long') return value.length >= 16 && !/\s|^[\d.:TZ+-]+$/.test(value);
  return hides === 'token' ? isToken(value, isSentence) : isRandom(value);
}

/** Not a small number, a name of words joined by dashes, or one short word. */
function isToken(value: string, isSentence: boolean): boolean {
  if (value.length < 6 || /^[\d.,:]{1,5}$/.test(value) || PROSE.test(value)) return false;
  if (/^(?:[a-z]+[-_./]){1,6}[a-z]+$/.test(value) && value.length < 40) return false;
  if (/\s/.test(value)) return value.split(/\s+/).length <= 2 && /\d/.test(value);
  return !isSentence || value.length >= 12 || /\d|[^\w.-]|[a-z][A-Z]/.test(value);
}

/** Letters and digits mixed as no word mixes them, and neither a UUID, a hash, a date nor a resource's name. */
function isRandom(value: string): boolean {
  // No sentence and no name has as many different signs as a generated salt.
  if (value.length >= 32 && (value.match(/[^\w\s.,-]/g)?.length ?? 0) >= 6 && entropy(value) >= 4.5)
    return true;
  if (value.length < 16 || /[\s/:]{2}|^\w+:\/\//.test(value) || !/^[\w+/=.~:-]+$/.test(value)) return false;
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return false;
  if (/^(?:sha\d+:)?(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value) || /^[\d.:TZ+-]+$/.test(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(value)).length;
  return kinds === 3
    ? entropy(value) >= 3.4
    : kinds === 2 && /\d/.test(value) && entropy(value) >= 3 && !/[-_./:]/.test(value);
}

/** Shannon entropy of the characters, in bits a character, of at most the first 256. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  const sample = value.slice(0, 256);
  for (const character of sample) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / sample.length) * Math.log2(count / sample.length);
  return bits;
}
