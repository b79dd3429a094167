import { createMatcher } from '../../../secrets/mask/matcher.ts';
import { type Detector, matchAt } from '../detector.ts';
import { TOKEN_SHAPES, type TokenShape } from './token-table.ts';

/** Every shape that a text beginning with the key may have: the prefix's own, and those of its beginnings. */
const byPrefix = new Map<string, readonly TokenShape[]>();
const prefixes = createMatcher<readonly TokenShape[]>();
for (const { prefix } of TOKEN_SHAPES) {
  if (byPrefix.has(prefix)) continue;
  const shapes = TOKEN_SHAPES.filter((shape) => prefix.startsWith(shape.prefix));
  shapes.sort((a, b) => b.prefix.length - a.prefix.length);
  byPrefix.set(prefix, shapes);
  prefixes.add({ text: prefix, means: shapes });
}

/** Tokens that their issuer gave a beginning to know them by. */
export const tokens: Detector = {
  name: 'tokens',
  find(text, add) {
    let taken = 0;
    prefixes.find(text, ({ from, pattern }) => {
      if (from < taken) return;
      for (const shape of pattern.means) {
        if (shape.atStart && /[A-Za-z0-9]/.test(text.charAt(from - 1))) continue;
        const match = matchAt(shape.pattern, text, from);
        if (!match) continue;
        taken = from + match[0].length;
        add(shape.kind, from, taken);
        return;
      }
    });
  },
};
