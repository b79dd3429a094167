import { contextBefore, type Detector } from '../detector.ts';

/** A number with its usual separators; a longer row of digits than a number has is cut to it below. */
const CANDIDATE = /(?:\+|\(|(?<![\w.+/-])\d|(?<=[a-z]:)\d)[\d()./ \u00a0\u2010-\u2015-]{5,24}/gi;
const EXTENSION = /^ ?(?:x|ext\.?|extension|#|;ext=) ?\d{1,6}(?!\w)/i;
const CONTEXT =
  /(?:phone|tel|mobil|cell|fax|call(?:ed|ing|er|back)?\b|contact|sms|whatsapp|msisdn|handy|t[ée]l|m[óo]vil|celular|rufnummer|hotline|dial|pager|\bph\b)[^\n]{0,24}$/i;
/** How far before a number its context is looked for. */
const LOOK_BACK = 48;

/**
 * Country calling codes (ITU-T E.164, annex), by their first digits.
 * A number without words around it is believed only with one of these.
 */
const CALLING_CODE =
  /^(?:1[2-9]|7[3-9]|2(?:0|7|[1-69]\d)|3(?:[0-469]|[578]\d)|4(?:[013-9]|2\d)|5(?:[1-8]|[09]\d)|6(?:[0-6]|[789]\d)|8(?:[1246]|[058]\d)|9(?:[0-58]|[679]\d))/;
const NORTH_AMERICAN = /^(?:1[-. ]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([-.]))\d{3}[-.]\d{4}$/;
const FRENCH = /^0[1-9](?:([ .-])\d{2})(?:\1\d{2}){3}$/;
const TOO_PLAIN =
  /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,3}(?:\.\d{1,3}){3})(?!\d)/;

/** Telephone numbers: E.164, forms that are unmistakable, and any other beside a word that says so. */
export const phone: Detector = {
  name: 'phone',
  find(text, add) {
    for (const match of text.matchAll(CANDIDATE)) {
      const to = numberEnd(text, match.index, match[0]);
      if (to === undefined) continue;
      const extension = EXTENSION.exec(text.slice(to, to + 20))?.[0].length ?? 0;
      add('phone', match.index, to + extension);
    }
  },
};

/** Where the longest beginning of the row that is a number ends; its groups are taken off from the right. */
function numberEnd(text: string, from: number, row: string): number | undefined {
  const before = contextBefore(text, from, LOOK_BACK);
  if (/[\w.+]$/.test(before) && row.startsWith('(')) return undefined;
  const hasContext = CONTEXT.test(before);
  for (let end = row.length; end > 5; end = lastGap(row, end)) {
    const number = row.slice(0, end).replace(/[^\d]+$/, '');
    const to = from + number.length;
    if (isNumber(number, hasContext) && !isGoingOn(text, to)) return to;
    if (number.length < 6) return undefined;
  }
  return undefined;
}

const lastGap = (row: string, end: number) =>
  Math.max(row.lastIndexOf(' ', end - 1), row.lastIndexOf('\u00a0', end - 1));

/** Digits with letters after them are part of an identifier. */
function isGoingOn(text: string, to: number): boolean {
  if (/^(?:x|ext)\.? ?\d/i.test(text.slice(to, to + 6))) return false;
  return /^(?:[\p{L}\p{N}_%]|[:.-]\d)/u.test(text.slice(to, to + 2));
}

function isNumber(number: string, hasContext: boolean): boolean {
  const digits = number.replace(/\D/g, '');
  if (digits.length < 7 || digits.length > 15 || /^(\d)\1+$/.test(digits)) return false;
  if (/[-./ ]{3}|\(\D*\(|\(\d{0,5}$/.test(number)) return false;
  if (number.startsWith('+')) {
    return CALLING_CODE.test(digits) && digits.length >= (hasContext ? 7 : 9) && /^\+\d/.test(number);
  }
  if (NORTH_AMERICAN.test(number)) return true;
  if (FRENCH.test(number)) return true;
  return hasContext && !TOO_PLAIN.test(number) && digits.length >= 7;
}
