import { createHmac } from 'node:crypto';
import type { JsonValue } from '../toolset/define.ts';
import { formsOf } from './mask/forms.ts';
import { createMatcher } from './mask/matcher.ts';
import { spansIn } from './mask/spans.ts';
import { FORM_ESCAPES, JSON_ESCAPES, PERCENT_ESCAPES } from './mask/views.ts';
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
  const escapings = [JSON_ESCAPES, PERCENT_ESCAPES];

  const register = (secret: Secret, owner: string) => {
    const value = secret.expose();
    if (value === '' || known.has(value)) return;
    known.add(value);
    // A plus stands for a space in a form; with no space to look for, that view would only cost time.
    if (value.includes(' ') && !escapings.includes(FORM_ESCAPES)) escapings.push(FORM_ESCAPES);
    const digest = createHmac('sha256', key).update(value).digest('hex').slice(0, 12);
    const credential = { label: `{${secret.label}}`, forAudit: `{${owner}.${secret.label} hmac:${digest}}` };
    for (const form of formsOf(value)) matcher.add({ ...form, means: credential });
    if (value.length < SHORTEST) {
      options.warn?.(
        `${owner}.${secret.label} has fewer than ${SHORTEST} characters: every result that holds them by chance is masked too, and the value can be guessed from that. Use a longer credential.`,
      );
    }
  };

  const shows = (text: string): boolean => {
    let found = false;
    matcher.find(text, () => {
      found = true;
    });
    return found;
  };

  const masked = (text: string, name: keyof Credential): string => {
    const spans = spansIn(matcher, text, escapings, LAYERS);
    if (spans.length === 0) return text;
    const pieces: string[] = [];
    let taken = 0;
    for (const { from, to, means } of spans) {
      const placeholder = means[name];
      pieces.push(text.slice(taken, from), shows(placeholder) ? NAMELESS : placeholder);
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
