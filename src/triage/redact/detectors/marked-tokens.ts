import { type Detector, runEnd, runStart } from '../detector.ts';

/** A token known by what stands inside it; the characters around belong to it, each side within its bounds. */
interface MarkedToken {
  readonly kind: string;
  readonly mark: string;
  readonly before: readonly [least: number, most: number];
  readonly after: readonly [least: number, most: number];
  readonly allowed: RegExp;
}

const TABLE: readonly MarkedToken[] = [
  { kind: 'terraform-token', mark: '.atlasv1.', before: [10, 20], after: [40, 200], allowed: /[\w-]/ },
  { kind: 'openai-key', mark: 'T3BlbkFJ', before: [16, 200], after: [16, 200], allowed: /[\w-]/ },
  { kind: 'azure-client-secret', mark: 'Q~', before: [4, 4], after: [28, 40], allowed: /[\w~.-]/ },
  { kind: 'azure-key', mark: 'JQQJ99', before: [40, 60], after: [20, 60], allowed: /[A-Za-z0-9]/ },
  { kind: 'azure-key', mark: 'AzSeA', before: [40, 60], after: [2, 20], allowed: /[A-Za-z0-9]/ },
  { kind: 'azure-key', mark: '+ASt', before: [60, 90], after: [6, 12], allowed: /[A-Za-z0-9+/=]/ },
  { kind: 'azure-key', mark: 'ACDb', before: [60, 90], after: [6, 12], allowed: /[A-Za-z0-9+/=]/ },
  { kind: 'azure-key', mark: 'AzFu', before: [40, 60], after: [6, 12], allowed: /[A-Za-z0-9+/=_-]/ },
  { kind: 'telegram-token', mark: ':AA', before: [8, 10], after: [32, 36], allowed: /[\w-]/ },
  { kind: 'mailchimp-key', mark: '-us', before: [32, 32], after: [1, 2], allowed: /[0-9a-f]/ },
];

/** Tokens that carry their mark in the middle. */
export const markedTokens: Detector = {
  name: 'marked-tokens',
  find(text, add) {
    for (const shape of TABLE) {
      const { mark, before, after, allowed } = shape;
      let taken = 0;
      for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) {
        if (at < taken) continue;
        const from = runStart(text, at, allowed, before[1] + 1);
        const to = runEnd(text, at + mark.length, allowed, after[1] + 1);
        const left = at - from;
        const right = to - at - mark.length;
        if (left < before[0] || left > before[1] || right < after[0] || right > after[1]) continue;
        taken = to;
        add(shape.kind, from, to);
      }
    }
  },
};
