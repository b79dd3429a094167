import { createHmac } from 'node:crypto';
import type { JsonValue } from '../toolset/define.ts';
import { formsOf } from './mask/forms.ts';
import { createMatcher, type Matcher } from './mask/matcher.ts';
import { decoded, FORM_ESCAPES, JSON_ESCAPES, PERCENT_ESCAPES, WRAPPING } from './mask/views.ts';
import type { Secret } from './secret.ts';

/** Replaces every known credential value, in whatever form it shows, by what it is called. */
export interface Mask {
  /** Makes a value known, for the life of the process: a rotated credential stays hidden. `owner` is a component. */
  register(secret: Secret, owner: string): void;
  /** The text with every known value replaced by its label: `{password}`. */
  text(text: string): string;
  /** The same for every key and value of a result, at any depth. A number that shows a value becomes a string. */
  json(value: JsonValue): JsonValue;
  /** As `json`, but the replacement tells two values apart: `{orders-db.password hmac:1a2b3c4d5e6f}`. */
  forAudit(value: JsonValue): JsonValue;
}

export interface MaskOptions {
  /** Told once for each credential that is too short to be hidden without garbling results. Never holds the value. */
  readonly warn?: (message: string) => void;
}

interface Credential {
  readonly label: string;
  readonly forAudit: string;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly credential: Credential;
}

/** Below this length a value also stands in ordinary text, and can be guessed by watching what gets masked. */
const SHORTEST = 4;
/** Layers of escaping that are taken off: JSON inside JSON, a form field inside a JSON string. */
const LAYERS = 2;
/** Stands for a credential whose own name would show a value, as with the password `password`. */
const NAMELESS = '{***}';

/**
 * Opens an empty mask.
 *
 * It hides exact values: raw, quoted for JSON, URL or SQL, in hex, and in base64 at any offset. A value that
 * the backend itself changed (reversed, split, hashed) is beyond it.
 *
 * @param key keys the HMAC-SHA256 prefixes of {@link Mask.forAudit}; keep it with the audit log.
 */
export function createMask(key: Buffer, options: MaskOptions = {}): Mask {
  const known = new Set<string>();
  const matcher = createMatcher<Credential>();
  let spacesMatter = false;

  const register = (secret: Secret, owner: string) => {
    const value = secret.expose();
    if (value === '' || known.has(value)) return;
    known.add(value);
    spacesMatter ||= value.includes(' ');
    const digest = createHmac('sha256', key).update(value).digest('hex').slice(0, 12);
    const credential = { label: `{${secret.label}}`, forAudit: `{${owner}.${secret.label} hmac:${digest}}` };
    for (const form of formsOf(value)) matcher.add({ ...form, means: credential });
    if (value.length < SHORTEST) {
      options.warn?.(
        `${owner}.${secret.label} has fewer than ${SHORTEST} characters: every result that holds them by chance is masked too, and the value can be guessed from that. Use a longer credential.`,
      );
    }
  };

  const masked = (text: string, name: keyof Credential): string => {
    const spans = merge(spansIn(matcher, text, spacesMatter, LAYERS));
    if (spans.length === 0) return text;
    const pieces: string[] = [];
    let taken = 0;
    for (const { from, to, credential } of spans) {
      const shown = credential[name];
      pieces.push(text.slice(taken, from), matcher.find(shown).length > 0 ? NAMELESS : shown);
      taken = to;
    }
    pieces.push(text.slice(taken));
    return pieces.join('');
  };

  return Object.freeze({
    register,
    text: (text: string) => masked(text, 'label'),
    json: (value: JsonValue) => mapTexts(value, (text) => masked(text, 'label')),
    forAudit: (value: JsonValue) => mapTexts(value, (text) => masked(text, 'forAudit')),
  });
}

function spansIn(matcher: Matcher<Credential>, text: string, spacesMatter: boolean, layers: number): Span[] {
  const spans: Span[] = matcher
    .find(text)
    .map(({ from, to, pattern }) => ({ from, to, credential: pattern.means }));
  const unwrapped = decoded(text, WRAPPING);
  if (unwrapped) {
    for (const { from, to, pattern } of matcher.find(unwrapped.text)) {
      if (pattern.survivesWrapping)
        spans.push({ ...unwrapped.toSource(from, to), credential: pattern.means });
    }
  }
  if (layers === 0) return spans;
  const escapings = [JSON_ESCAPES, PERCENT_ESCAPES, ...(spacesMatter ? [FORM_ESCAPES] : [])];
  for (const escaping of escapings) {
    const view = decoded(text, escaping);
    if (!view) continue;
    for (const { from, to, credential } of spansIn(matcher, view.text, spacesMatter, layers - 1)) {
      spans.push({ ...view.toSource(from, to), credential });
    }
  }
  return spans;
}

/** Joins what overlaps, so that no end of one value shows beside another; the longest names the whole. */
function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  let longest = 0;
  for (const span of spans.sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = merged.at(-1);
    if (!last || span.from >= last.to) {
      merged.push(span);
      longest = span.to - span.from;
      continue;
    }
    const isLonger = span.to - span.from > longest;
    if (isLonger) longest = span.to - span.from;
    merged[merged.length - 1] = {
      from: last.from,
      to: Math.max(last.to, span.to),
      credential: isLonger ? span.credential : last.credential,
    };
  }
  return merged;
}

function mapTexts(value: JsonValue, map: (text: string) => string): JsonValue {
  if (typeof value === 'string') return map(value);
  if (typeof value === 'number') {
    const text = String(value);
    const mapped = map(text);
    return mapped === text ? value : mapped;
  }
  if (value === null || typeof value === 'boolean') return value;
  if (isArray(value)) return value.map((item) => mapTexts(item, map));
  const entries = new Map<string, JsonValue>();
  for (const [key, item] of Object.entries(value)) {
    entries.set(unused(entries, map(key)), mapTexts(item, map));
  }
  return Object.fromEntries(entries);
}

/** `Array.isArray` does not narrow readonly arrays. */
const isArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

function unused(taken: ReadonlyMap<string, unknown>, key: string): string {
  if (!taken.has(key)) return key;
  let n = 2;
  while (taken.has(`${key} (${n})`)) n++;
  return `${key} (${n})`;
}
