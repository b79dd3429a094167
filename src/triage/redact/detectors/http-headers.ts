import { type Add, type Detector, matchAt } from '../detector.ts';

const AUTHORIZATION =
  /\b(?:proxy-)?authori[sz]ation\\{0,3}["']{0,2}\]?[ \t]{0,8}(?:[:=,]|=>)[ \t]{0,8}\\{0,3}["'[]{0,2}([A-Za-z][\w-]{1,24}[ \t]{1,4})?/gi;
/** Schemes whose parameters reach to the end of the header. */
const WITH_PARAMETERS =
  /^(?:digest|aws4-hmac|oauth|signature|hawk|mac|sharedkey|sharedkeylite|negotiate|ntlm|scram)/i;
const SCHEME = /\b(bearer|basic|token)[ \t]{1,4}(?=[A-Za-z0-9])/gi;
const TOKEN = /[A-Za-z0-9._~+/:|-]{1,}={0,3}/y;
const COOKIE =
  /\b(set-)?cookie2?\\{0,3}["']{0,2}[ \t]{0,4}(?:[:=]|=>|, ?(?=["']))[ \t]{0,4}\\{0,3}["'[]{0,2}/gi;
const PAIR = /[ \t]{0,4}([\w!#$%&'*+.^`|~-]{1,128})=("?)([^\s";,\\]*)"?/y;
const DOCKER_AUTH = /"auth\\?"\s{0,4}:\s{0,4}\\?"([A-Za-z0-9+/]{4,}={0,2})/g;
const ATTRIBUTES = /^(?:expires|path|domain|max-age|samesite|secure|httponly|priority|version)$/i;
const MASKED = /^(?:\{[\w.-]{1,64}(?:#\d+)?\}|\*+|\[\w+\]|deleted|null)?$/;

/** What HTTP requests prove themselves with: authorization and cookie headers, and schemes that stand alone. */
export const httpHeaders: Detector = {
  name: 'http-headers',
  find(text, add) {
    authorizations(text, add);
    schemes(text, add);
    for (const match of text.matchAll(DOCKER_AUTH)) {
      const at = match.index + match[0].length - (match[1]?.length ?? 0);
      if (isNameAndPassword(match[1] ?? '')) add('basic-auth', at, match.index + match[0].length);
    }
    cookies(text, add);
  },
};

function authorizations(text: string, add: Add): void {
  for (const match of text.matchAll(AUTHORIZATION)) {
    const at = match.index + match[0].length;
    const scheme = (match[1] ?? '').trim().toLowerCase();
    const end = WITH_PARAMETERS.test(scheme)
      ? headerEnd(text, at)
      : at + (matchAt(TOKEN, text, at)?.[0].length ?? 0);
    const value = text.slice(at, end);
    if (value.length < 6 || MASKED.test(value) || (scheme === '' && /^(?:bearer|basic|[a-z]+)$/i.test(value)))
      continue;
    if (scheme !== '' && !WITH_PARAMETERS.test(scheme) && /^[a-z]{1,12}$/.test(value)) continue;
    add(scheme === 'basic' ? 'basic-auth' : scheme === 'bearer' ? 'bearer-token' : 'authorization', at, end);
  }
}

function headerEnd(text: string, at: number): number {
  const found = text.slice(at, at + 4096).search(/[\r\n]|\\[nr]|\\?["'](?=\s*(?:[,}\]\\\s]|$))|['"] -/);
  return found < 0 ? Math.min(text.length, at + 4096) : at + found;
}

function schemes(text: string, add: Add): void {
  for (const match of text.matchAll(SCHEME)) {
    const scheme = (match[1] ?? '').toLowerCase();
    const at = match.index + match[0].length;
    const value = matchAt(TOKEN, text, at)?.[0] ?? '';
    const isTelling =
      scheme === 'basic'
        ? isNameAndPassword(value)
        : value.length >= 12 &&
          /\d/.test(value) &&
          !/^[\d.:T/-]+$/.test(value) &&
          (scheme === 'bearer' || value.length >= 20);
    if (!isTelling) continue;
    add(scheme === 'basic' ? 'basic-auth' : 'bearer-token', at, at + value.replace(/[.:,|/]+$/, '').length);
  }
}

/** RFC 7617: base64 of `user:password`. */
function isNameAndPassword(encoded: string): boolean {
  if (encoded.length < 6 || encoded.length > 4096) return false;
  return /^[\x20-\x7e\u00a0-\uffff]*:[\x20-\x7e\u00a0-\uffff]*$/.test(
    Buffer.from(encoded, 'base64').toString().replaceAll('\ufffd', '\0'),
  );
}

function cookies(text: string, add: Add): void {
  for (const match of text.matchAll(COOKIE)) {
    const isSet = match[1] !== undefined;
    let at = match.index + match[0].length;
    for (;;) {
      const pair = matchAt(PAIR, text, at);
      if (!pair) break;
      const [whole, name = '', quote = '', value = ''] = pair;
      const from = at + whole.indexOf('=') + 1 + quote.length;
      if (!ATTRIBUTES.test(name) && !MASKED.test(value)) add('cookie', from, from + value.length);
      at += whole.length;
      const next = matchAt(/;[ \t]{0,4}/y, text, at);
      if (!next || isSet) break;
      at += next[0].length;
    }
  }
}
