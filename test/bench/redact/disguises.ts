import type { RandomValues } from '../../secrets/random-values.ts';

/** A way to write a value so that a plain search passes it by. */
export interface Disguise {
  readonly name: string;
  apply(value: string, random: RandomValues): string;
}

const scattered = (value: string, random: RandomValues, piece: () => string) =>
  [...value].map((c, i) => (i > 0 && random.below(4) === 0 ? piece() + c : c)).join('');

export const DISGUISES: readonly Disguise[] = [
  {
    name: 'zero width',
    apply: (v, r) =>
      scattered(v, r, () => r.pick(['\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad'])),
  },
  {
    name: 'direction marks',
    apply: (v, r) => scattered(v, r, () => r.pick(['\u202e', '\u202c', '\u2066', '\u2069'])),
  },
  {
    name: 'terminal colours',
    apply: (v, r) => scattered(v, r, () => r.pick(['\u001b[31m', '\u001b[0m', '\u001b[1;32m'])),
  },
  {
    name: 'full width',
    apply: (v) => v.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
  },
  {
    name: 'percent, every character',
    apply: (v) => [...Buffer.from(v)].map((b) => `%${b.toString(16).padStart(2, '0')}`).join(''),
  },
  {
    name: 'unicode escapes',
    apply: (v) => [...v].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  },
  { name: 'html entities', apply: (v) => [...v].map((c) => `&#${c.codePointAt(0)};`).join('') },
  { name: 'base64', apply: (v) => Buffer.from(v).toString('base64') },
  { name: 'base64 of json', apply: (v) => Buffer.from(JSON.stringify({ note: v, n: 1 })).toString('base64') },
  { name: 'hex', apply: (v) => Buffer.from(v).toString('hex') },
];
