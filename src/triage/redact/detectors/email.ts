import { type Detector, matchAt, runStart } from '../detector.ts';

/** More characters are allowed, but in logs they belong to the text before the address. */
const LOCAL = /[\p{L}\p{N}._%+'-]/u;
const UNLIKELY_FIRST = /^[._%+'-]*/;
const DOMAIN =
  /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}(?:xn--[a-z0-9-]{2,59}|[\p{L}]{2,24})(?![\p{L}\p{N}])/uy;
const LITERAL = /\[(?:\d{1,3}\.){3}\d{1,3}\]/y;
/** What `name@2x.png` and `package@next.js` end in. */
const FILES =
  /\.(?:png|jpe?g|gif|svg|webp|ico|css|s[ac]ss|m?js|cjs|tsx?|jsx|map|json|ya?ml|tgz|zip|gz|service|timer|socket|target|mount|slice)$/i;
const LONGEST_LOCAL = 64;

/** E-mail addresses, with letters of any script. */
export const email: Detector = {
  name: 'email',
  find(text, add) {
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      const domain = matchAt(DOMAIN, text, at + 1) ?? matchAt(LITERAL, text, at + 1);
      if (!domain || FILES.test(domain[0])) continue;
      const start = localStart(text, at);
      if (start === undefined) continue;
      const to = at + 1 + domain[0].length;
      const local = text.slice(start, at);
      if (isScp(text, local, to) || text.slice(Math.max(0, start - 3), start).endsWith('//')) continue;
      add('email', start, to);
    }
  },
};

function localStart(text: string, at: number): number | undefined {
  if (text.charAt(at - 1) === '"') {
    const open = text.lastIndexOf('"', at - 2);
    const quoted = text.slice(open + 1, at - 1);
    if (open >= 0 && at - open <= LONGEST_LOCAL && /^[^\s"@]+(?: [^\s"@]+)?$/.test(quoted)) return open;
    return undefined;
  }
  const from = runStart(text, at, LOCAL, LONGEST_LOCAL);
  const first = UNLIKELY_FIRST.exec(text.slice(from, at))?.[0].length ?? 0;
  return from + first < at ? from + first : undefined;
}

/** `git@host.example:group/project` names a place. */
const isScp = (text: string, local: string, to: number) =>
  /^(?:git|hg|svn|root|deploy)$/.test(local) && /^:[\w/~.]/.test(text.slice(to, to + 2));
