import type { JsonValue } from '../../toolset/define.ts';
import { meaningOf } from './detectors/field-names.ts';
import { findIn } from './find.ts';
import { pairIn, stringUnder } from './json-fields.ts';
import { quoteAround } from './json-text.ts';
import { createPlaceholders } from './placeholders.ts';
import { closesKey, isKeyGoingOn, opensKey, seriesOf } from './split-key.ts';

/** One thing that was hidden. Holds no value. */
export interface Masked {
  readonly kind: string;
  /** What stands in its place, `{email#1}`: the same value has the same number throughout a run. */
  readonly placeholder: string;
  /** Where it stood in the text as it was given: `from` inclusive, `to` exclusive, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
  /** The JSON Pointer (RFC 6901) of the text in a value; empty for a text alone. Names what was hidden in keys by their placeholder. */
  readonly path: string;
}

/** What was hidden. */
export interface RedactionReport {
  /** Kind to how often it was found. */
  readonly counts: Readonly<Record<string, number>>;
  readonly masked: readonly Masked[];
}

/** Redacts what belongs together, so that one value has one placeholder in all of it. */
export interface Redactor {
  text(text: string): string;
  /** Every key and value at any depth; a field's name counts for what is in it. */
  json(value: JsonValue): JsonValue;
  /** All that was hidden so far. */
  report(): RedactionReport;
}

/** Opens a redactor for one run. It keeps the values that it hid in memory as long as it lives. */
export function createRedactor(): Redactor {
  const placeholders = createPlaceholders();
  const masked: Masked[] = [];

  const hide = (kind: string, value: string, from: number, to: number, path: string): string => {
    const placeholder = placeholders.of(kind, value);
    masked.push({ kind, placeholder, from, to, path });
    return placeholder;
  };

  const textAt = (text: string, path: string): string => {
    const findings = findIn(text);
    if (findings.length === 0) return text;
    const pieces: string[] = [];
    let taken = 0;
    for (const { kind, value, from, to } of findings) {
      const placeholder = hide(kind, value, from, to, path);
      const quote = quoteAround(text, from, to);
      pieces.push(text.slice(taken, from), quote, placeholder, quote);
      taken = to;
    }
    pieces.push(text.slice(taken));
    return pieces.join('');
  };

  /** The series of texts, such as the lines of one log, in which a private key began and has not ended. */
  let openKeyIn: string | undefined;
  const stringAt = (text: string, path: string): string => {
    const series = seriesOf(path);
    if (openKeyIn !== series) {
      if (opensKey(text)) openKeyIn = series;
      return textAt(text, path);
    }
    const goesOn = isKeyGoingOn(text);
    if (!goesOn || closesKey(text)) openKeyIn = opensKey(text) ? series : undefined;
    return goesOn && text.trim() !== ''
      ? hide('private-key', text, 0, text.length, path)
      : textAt(text, path);
  };

  const valueAt = (value: JsonValue, path: string, name: string): JsonValue => {
    if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value);
      const kind = stringUnder(name, text);
      if (kind) return hide(kind, text, 0, text.length, path);
      const mapped = typeof value === 'string' ? stringAt(text, path) : textAt(text, path);
      return mapped === text ? value : mapped;
    }
    if (value === null || typeof value === 'boolean') return value;
    if (isArray(value)) {
      const pair = pairIn(value);
      return value.map((item, i) => valueAt(item, `${path}/${i}`, pair && i === 1 ? pair : name));
    }
    const pair = pairIn(value);
    const entries = new Map<string, JsonValue>();
    for (const [key, item] of Object.entries(value)) {
      const shown = unused(entries, textAt(key, path));
      const at = `${path}/${shown.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      entries.set(
        shown,
        valueAt(item, at, pair && /^(?:value|val|content)$/i.test(key) ? pair : nameOf(key, name)),
      );
    }
    return Object.fromEntries(entries);
  };

  return Object.freeze({
    text: (text: string) => {
      placeholders.reserve(text);
      return textAt(text, '');
    },
    json: (value: JsonValue) => {
      openKeyIn = undefined;
      placeholders.reserve(JSON.stringify(value));
      return valueAt(value, '', '');
    },
    report: () => ({ counts: placeholders.counts(), masked: [...masked] }),
  });
}

/** Redacts one text. */
export function redact(text: string): { readonly text: string; readonly report: RedactionReport } {
  const redactor = createRedactor();
  return { text: redactor.text(text), report: redactor.report() };
}

/** Redacts one JSON value; it stays one. A number that has to be hidden becomes a string. */
export function redactJson(value: JsonValue): {
  readonly value: JsonValue;
  readonly report: RedactionReport;
} {
  const redactor = createRedactor();
  return { value: redactor.json(value), report: redactor.report() };
}

/** `Array.isArray` does not narrow readonly arrays. */
const isArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

/** Below `passwords: {...}` every field is one, unless its own name says what it is. */
const nameOf = (key: string, above: string) => (meaningOf(key) || !meaningOf(above) ? key : above);

function unused(taken: ReadonlyMap<string, unknown>, key: string): string {
  if (!taken.has(key)) return key;
  let n = 2;
  while (taken.has(`${key} (${n})`)) n++;
  return `${key} (${n})`;
}
