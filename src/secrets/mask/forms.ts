import type { Pattern } from './matcher.ts';

type Form = Omit<Pattern<never>, 'means'>;

/** An encoded piece shorter than this stands in too much ordinary text to be a sign of the value. */
const SHORTEST_ENCODED = 4;
/** A line of a longer credential, such as a PEM key, is looked for on its own from this length on. */
const SHORTEST_LINE = 16;
const BASE64_CHARACTER = /[A-Za-z0-9+/_-]/;

/** Every text in which a credential's value could show, each once. */
export function formsOf(value: string): Form[] {
  const forms = new Map<string, Form>();
  const values = new Set([value, value.trim(), ...linesOf(value)]);
  values.delete('');
  for (const one of values) {
    for (const form of [...quotedForms(one), ...hexForms(one), ...base64Forms(one)]) {
      if (!forms.has(form.text)) forms.set(form.text, form);
    }
  }
  return [...forms.values()];
}

function linesOf(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  return lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : [];
}

function quotedForms(value: string): Form[] {
  const component = encodeURIComponent(Buffer.from(value).toString());
  const strict = component.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  const texts = [component, strict, form].flatMap((text) => [text, lowerHexDigits(text)]);
  texts.push(value, JSON.stringify(value).slice(1, -1), value.replaceAll("'", "''"));
  return texts.map((text) => ({ text }));
}

const lowerHexDigits = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

function hexForms(value: string): Form[] {
  const hex = Buffer.from(value).toString('hex');
  if (hex.length < SHORTEST_ENCODED) return [];
  return [hex, hex.toUpperCase()].map((text) => ({ text, survivesWrapping: true }));
}

/**
 * The value inside a longer piece of base64 begins at one of three places of a group of three bytes. In each,
 * some characters hold bits of the value alone: those are the pattern. The characters at its ends, which
 * also hold bits of the neighbours, are hidden with it.
 */
function base64Forms(value: string): Form[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((offset) => {
    const first = Math.ceil((offset * 8) / 6);
    const bitsToEnd = (offset + bytes.length) * 8;
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const own = encoded.slice(first, Math.floor(bitsToEnd / 6));
    if (own.length < SHORTEST_ENCODED) return [];
    const bleeds = {
      before: offset === 0 ? 0 : 1,
      after: bitsToEnd % 6 === 0 ? 0 : 1,
      into: BASE64_CHARACTER,
    };
    const urlSafe = own.replaceAll('+', '-').replaceAll('/', '_');
    return [own, urlSafe].map((text) => ({ text, bleeds, survivesWrapping: true }));
  });
}
