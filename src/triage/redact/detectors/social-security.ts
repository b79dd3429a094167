import { contextBefore, type Detector } from '../detector.ts';

/** Never given out: areas 000, 666 and 9xx, group 00, serial 0000. */
const NUMBER = /(?<![\w.-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-]|\.\d)/g;
const CONTEXT = /(?:ssn|social|sozial|tax.?id|\bitin\b)[^\n]{0,24}$/i;

/** United States social security numbers, dashed; spaced ones beside a word that says so. */
export const socialSecurity: Detector = {
  name: 'social-security',
  find(text, add) {
    for (const { 0: number, 1: separator, index } of text.matchAll(NUMBER)) {
      if (separator === ' ' && !CONTEXT.test(contextBefore(text, index, 40))) continue;
      add('us-ssn', index, index + number.length);
    }
  },
};
