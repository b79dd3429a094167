import { type Detector, matchAt } from '../detector.ts';

/** The length of each country's IBAN (ISO 13616 registry). */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 ' +
    'LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 ' +
    'QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((row) => [row.slice(0, 2), Number(row.slice(2))]),
);

const BEGINNING = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?=[ -]?[A-Z0-9]{2})/gi;
const NEXT = /[ \u00a0-]?[A-Z0-9]/iy;

/** International bank account numbers whose check digits are right (ISO 7064 MOD 97-10), grouped or not. */
export const iban: Detector = {
  name: 'iban',
  find(text, add) {
    for (const match of text.matchAll(BEGINNING)) {
      const length = LENGTHS[match[0].slice(0, 2).toUpperCase()];
      if (length === undefined) continue;
      const to = take(text, match.index + 4, length - 4);
      if (to === undefined || /[A-Za-z0-9]/.test(text.charAt(to))) continue;
      if (isChecked(text.slice(match.index, to).replace(/[^A-Za-z0-9]/g, ''))) add('iban', match.index, to);
    }
  },
};

function take(text: string, at: number, count: number): number | undefined {
  let end = at;
  for (let n = 0; n < count; n++) {
    const next = matchAt(NEXT, text, end);
    if (!next) return undefined;
    end += next[0].length;
  }
  return end;
}

function isChecked(number: string): boolean {
  let rest = 0;
  for (const character of (number.slice(4) + number.slice(0, 4)).toUpperCase()) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
