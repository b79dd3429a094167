import { type Detector, matchAt, runStart } from '../detector.ts';

const SCHEME = /[A-Za-z0-9+.-]/;
/** Where no URL goes on. */
const STOP = /[\s"'`<>\\^{}|]/;
/** After these a URL without a password is a place and an account, as in `ssh://git@host`. */
const ACCOUNTS = new Set([
  'git',
  'hg',
  'svn',
  'root',
  'deploy',
  'postgres',
  'ubuntu',
  'ec2-user',
  'admin',
  'guest',
]);
/** Schemes where what stands alone before the `@` is mostly a token. */
const TOKEN_SCHEMES = /^(?:git\+)?(?:https?|ftps?|wss?)$/i;
const PORT = /\d{1,5}(?:[/?#]|$)/y;
const PLACEHOLDER =
  /^(?:\{[^{}]{1,64}\}|\*+|<[^<>]{1,64}>|\$\{?\w{1,64}\}?)(?::(?:\{[^{}]{1,64}\}|\*+|<[^<>]{1,64}>|\$\{?\w{1,64}\}?))?$/;

/** What stands between `scheme://` and `@host`, in a URL of any scheme (RFC 3986, 3.2.1) or a database's list of hosts. */
export const urlUserinfo: Detector = {
  name: 'url-userinfo',
  find(text, add) {
    let next = text.indexOf('://');
    while (next >= 0) {
      const at = next + 3;
      next = text.indexOf('://', at);
      if (!/[A-Za-z0-9]/.test(text.charAt(at - 4))) continue;
      const to = userinfoEnd(text, at, next < 0 ? text.length : next);
      if (to === undefined) continue;
      const scheme = text.slice(runStart(text, at - 3, SCHEME, 24), at - 3);
      if (isTelling(text.slice(at, to), scheme)) add('url-userinfo', at, to);
    }
  },
};

/** The place of the `@` that ends the userinfo. The URL ends before `limit`, where the next one begins. */
function userinfoEnd(text: string, at: number, limit: number): number | undefined {
  let authorityEnds = -1;
  let last = -1;
  for (let i = at; i < limit; i++) {
    const character = text.charAt(i);
    // Braces stand in placeholders and in passwords that nobody encoded.
    if (STOP.test(character) && (authorityEnds >= 0 || !/[{}|^]/.test(character))) break;
    if (/[/?#]/.test(character)) {
      if (last >= 0) return last;
      if (authorityEnds < 0) authorityEnds = i;
    } else if (character === '@') {
      if (authorityEnds >= 0 && last < 0 && !isPasswordGoingOn(text, at, authorityEnds, i)) return undefined;
      last = i;
    }
  }
  return last >= 0 ? last : undefined;
}

/** A slash before the `@` belongs to a raw password where `user:` stands before it and no port does. */
function isPasswordGoingOn(text: string, at: number, slash: number, sign: number): boolean {
  const colon = text.slice(at, slash).indexOf(':');
  if (colon <= 0 || matchAt(PORT, text, at + colon + 1)) return false;
  return /[A-Za-z0-9[]/.test(text.charAt(sign + 1));
}

function isTelling(userinfo: string, scheme: string): boolean {
  if (userinfo === '' || userinfo === ':' || PLACEHOLDER.test(userinfo)) return false;
  const colon = userinfo.indexOf(':');
  if (colon >= 0) return colon < userinfo.length - 1;
  if (ACCOUNTS.has(userinfo)) return false;
  return TOKEN_SCHEMES.test(scheme) || /^(?=.*\d)[\w.~%-]{20,}$/.test(userinfo);
}
