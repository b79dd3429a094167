import { type Detector, runEnd } from '../detector.ts';

/** How `{"`, `{ "` and `{` with a line break begin in base64. */
const BEGINNINGS = ['ey', 'ewo'];
const CHARACTER = /[A-Za-z0-9_-]/;
/** A token glued to a word before it is still found, at the first few places of the run where one could begin. */
const TRIES = 4;
/** `{"alg":""}` in base64. */
const SHORTEST_HEADER = 15;
/** Longer headers than this are not decoded; they are hidden unread. */
const LONGEST_HEADER = 8192;
/** A signed token has three parts, an encrypted one five. */
const MOST_PARTS = 5;

/** JSON Web Tokens (RFC 7519), signed, encrypted or unsigned, whose header says so; cut ones too. */
export const jwt: Detector = {
  name: 'jwt',
  find(text, add) {
    for (const beginning of BEGINNINGS) {
      let end = 0;
      let tries = 0;
      for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, at + 1)) {
        if (at >= end) {
          end = runEnd(text, at, CHARACTER);
          tries = 0;
        }
        if (text.charAt(end) !== '.' || tries++ >= TRIES || !isHeader(text.slice(at, end))) continue;
        end = partsEnd(text, end);
        add('jwt', at, end);
        tries = TRIES;
      }
    }
  },
};

function isHeader(encoded: string): boolean {
  if (encoded.length > LONGEST_HEADER) return true;
  if (encoded.length < SHORTEST_HEADER) return false;
  try {
    const header: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    if (typeof header !== 'object' || header === null) return false;
    return ['alg', 'enc', 'typ', 'kid'].some((name) => name in header);
  } catch {
    return false;
  }
}

function partsEnd(text: string, at: number): number {
  let end = at;
  for (let part = 1; part < MOST_PARTS && text.charAt(end) === '.'; part++) {
    const next = runEnd(text, end + 1, CHARACTER);
    // A directly encrypted token has an empty second part; a full stop that ends a sentence begins no part.
    if (next === end + 1 && text.charAt(next) !== '.') break;
    end = next;
  }
  return end;
}
