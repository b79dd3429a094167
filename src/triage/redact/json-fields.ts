import type { JsonValue } from '../../toolset/define.ts';
import { meaningOf } from './detectors/field-names.ts';
import { isTelling } from './detectors/field-value.ts';

const NAMES = /^(?:name|key|header|field|variable|env)$/i;
const VALUES = /^(?:value|val|content)$/i;
const QUOTED = { isQuoted: true, isSentence: false };

/** The kind of a value because of its field's name; undefined where the name does not hide it. */
export function stringUnder(name: string, value: string): string | undefined {
  const meaning = name === '' ? undefined : meaningOf(name);
  return meaning && isTelling(value, meaning.hides, QUOTED) ? meaning.kind : undefined;
}

/** The name that a value has beside it: `{name: "DB_PASSWORD", value: "..."}`, `["x-api-key", "..."]`. */
export function pairIn(value: JsonValue): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    const [name, text] = value;
    return value.length === 2 && typeof name === 'string' && typeof text === 'string'
      ? known(name)
      : undefined;
  }
  const entries = Object.entries(value);
  if (!entries.some(([key]) => VALUES.test(key))) return undefined;
  const name = entries.find(([key]) => NAMES.test(key))?.[1];
  return typeof name === 'string' ? known(name) : undefined;
}

const known = (name: string) => (meaningOf(name) ? name : undefined);
