import { type Add, contextBefore, type Detector } from '../detector.ts';

const ROWS = /\d+(?:[ .\u00a0-]\d+)*/g;
const GROUP = /\d+/g;
/** How cards are printed: the numbers of digits in each group. */
const SHAPES = new Set([
  '4-4-4-4',
  '4-6-5',
  '4-6-4',
  '4-4-4-4-3',
  '4-4-4-4-2',
  '6-13',
  '4-4-5',
  '8-8',
  '4-4-4-1',
]);
/** Issuer ranges (ISO/IEC 7812) with the lengths that they give out. */
const ISSUERS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 19]],
  [/^(?:352[89]|35[3-8])/, [16, 19]],
  [/^(?:2131|1800)/, [15]],
  [/^(?:30[0-59]|36|38|39)/, [14]],
  [/^(?:62|81)/, [16, 17, 18, 19]],
  [/^(?:50(?:18|20|38)|5893|6304|6759|676[1-3]|639)/, [13, 15, 16, 18, 19]],
  [/^220[0-4]/, [16, 17, 18, 19]],
  [/^(?:60|65|81|82|508)/, [16]],
  [/^9792/, [16]],
];
const CONTEXT =
  /(?:card|credit|debit|\bpan\b|\bcc\b|visa|master|amex|maestro|karte|carte|tarjeta)[^\n]{0,24}$/i;
const LONGEST = 19;
const SHORTEST = 13;

interface Group {
  readonly from: number;
  readonly digits: string;
}

/** Payment cards: a known issuer's range and length, the check digit (ISO/IEC 7812, Luhn), and a way in which cards are written. */
export const card: Detector = {
  name: 'card',
  find(text, add) {
    for (const row of text.matchAll(ROWS)) {
      if (row[0].length < SHORTEST) continue;
      const groups = [...row[0].matchAll(GROUP)].map((group) => ({
        from: row.index + group.index,
        digits: group[0],
      }));
      for (let i = 0; i < groups.length; ) i = cardAt(text, groups, i, add);
    }
  },
};

/** Looks for the longest card that begins with one group; returns the group to go on with. */
function cardAt(text: string, groups: readonly Group[], first: number, add: Add): number {
  const from = groups[first]?.from ?? 0;
  const hasContext = CONTEXT.test(contextBefore(text, from, 40));
  let digits = '';
  let shape = '';
  let found: { readonly next: number; readonly to: number } | undefined;
  for (let i = first; i < groups.length; i++) {
    const group = groups[i];
    if (!group || digits.length + group.digits.length > LONGEST) break;
    digits += group.digits;
    shape += `${i > first ? '-' : ''}${group.digits.length}`;
    if (digits.length < SHORTEST || (i > first && !SHAPES.has(shape))) continue;
    const to = group.from + group.digits.length;
    if (isCard(digits, i > first, hasContext) && standsAlone(text, from, to)) found = { next: i + 1, to };
  }
  if (found) add('card', from, found.to);
  return found?.next ?? first + 1;
}

/** Beside the word, sixteen digits are hidden whatever they are: a mistyped card is still somebody's. */
function isCard(digits: string, isGrouped: boolean, hasContext: boolean): boolean {
  if (hasContext && digits.length === 16) return true;
  // Thirteen digits are mostly a time in milliseconds.
  const isUsual = digits.length > 13;
  return (isUsual || isGrouped || hasContext) && isIssued(digits) && hasCheckDigit(digits);
}

/** What stands inside a word, a fraction or a hash is none of ours. */
function standsAlone(text: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 2), from);
  const after = text.slice(to, to + 2);
  return (
    !/[\p{L}$€£]$|\d[.,]$|[A-Za-z]-$|[A-Za-z]{2}_$/u.test(before) &&
    !/^(?:[\p{L}_]|-[A-Za-z]|[.,]\d)/u.test(after)
  );
}

const isIssued = (digits: string) =>
  ISSUERS.some(([range, lengths]) => lengths.includes(digits.length) && range.test(digits));

function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const weighed = i % 2 === 1 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0 && /[^0]/.test(digits);
}
