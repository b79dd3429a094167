import type { Detector } from '../detector.ts';
import { isTelling } from './field-value.ts';

const QUOTED = { isQuoted: true, isSentence: false };

interface Shape {
  readonly kind: string;
  readonly sign: string;
  /** The secret is the group named `secret`. */
  readonly pattern: RegExp;
}

const UNQUOTED = '(?<secret>[^\\s"\'`<>|&;{$*][^\\s"\'`<>|&;]{0,255})';
const VALUE = `(?:"(?<quoted>[^"\\r\\n]{1,256})"|'(?<single>[^'\\r\\n]{1,256})'|${UNQUOTED})`;

/** Places where a program takes a password without a name that says so. */
const SHAPES: readonly Shape[] = [
  {
    kind: 'password',
    sign: 'curl',
    pattern: new RegExp(
      `\\bcurl\\b[^\\r\\n]{0,200}? (?:-u|--user|-U|--proxy-user)[ =]?["']?[\\w.@%+-]{1,64}:${VALUE}`,
      'g',
    ),
  },
  {
    kind: 'password',
    sign: 'mysql',
    pattern: new RegExp(`\\bmysql(?:dump|admin|import)?\\b[^\\r\\n]{0,120}? -p(?=[^\\s])${VALUE}`, 'g'),
  },
  { kind: 'password', sign: 'sshpass', pattern: new RegExp(`\\bsshpass -p ?${VALUE}`, 'g') },
  {
    kind: 'password',
    sign: 'redis-cli',
    pattern: new RegExp(`\\bredis-cli\\b[^\\r\\n]{0,120}? -a ${VALUE}`, 'g'),
  },
  { kind: 'password', sign: 'login', pattern: new RegExp(`\\blogin\\b[^\\r\\n]{0,120}? -p ${VALUE}`, 'g') },
  {
    kind: 'password',
    sign: 'mongo',
    pattern: new RegExp(`\\bmongo(?:sh|dump|restore|export|import)?\\b[^\\r\\n]{0,120}? -p ${VALUE}`, 'g'),
  },
  { kind: 'password', sign: 'passin', pattern: new RegExp(`-pass(?:in|out) pass:${VALUE}`, 'g') },
  {
    kind: 'password',
    sign: 'IDENTIFIED',
    pattern: /\bIDENTIFIED (?:WITH \S{1,40} )?(?:BY|AS) (?:PASSWORD )?'(?<single>(?:[^'\r\n]|''){1,256})'/gi,
  },
  {
    kind: 'password',
    sign: 'identified',
    pattern: /\bidentified (?:with \S{1,40} )?(?:by|as) (?:password )?'(?<single>(?:[^'\r\n]|''){1,256})'/g,
  },
  {
    kind: 'password',
    sign: 'AUTH ',
    pattern: /(?:^|[\s"'>])AUTH (?:[a-z]{1,24} )?(?=\S{8})(?<secret>[^\s"']{0,24}\d[^\s"']{0,200})/gm,
  },
  {
    kind: 'password',
    sign: '$apr1$',
    pattern: /(?<secret>\$apr1\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{10,})/g,
  },
  { kind: 'password-hash', sign: '$2', pattern: /(?<secret>\$2[abxy]\$\d{2}\$[./A-Za-z0-9]{22,})/g },
  {
    kind: 'password-hash',
    sign: '$argon2',
    pattern:
      /(?<secret>\$argon2(?:id|i|d)\$v=\d{1,3}\$[\w=,]{1,64}\$[A-Za-z0-9+/]{8,88}\$[A-Za-z0-9+/]{8,})/g,
  },
  {
    kind: 'password-hash',
    sign: '$6$',
    pattern: /(?<secret>\$6\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{40,})/g,
  },
  {
    kind: 'password-hash',
    sign: '$5$',
    pattern: /(?<secret>\$5\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{30,})/g,
  },
  { kind: 'password-hash', sign: '$1$', pattern: /(?<secret>\$1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{20,})/g },
  {
    kind: 'password-hash',
    sign: 'SCRAM-SHA-256$',
    pattern:
      /(?<secret>SCRAM-SHA-256\$\d{1,9}:[A-Za-z0-9+/=]{1,88}\$[A-Za-z0-9+/=]{20,}:[A-Za-z0-9+/=]{20,})/g,
  },
];

/** Passwords in the arguments of common programs and in SQL, and the hashes that password files hold. */
export const commandLine: Detector = {
  name: 'command-line',
  find(text, add) {
    for (const { kind, sign, pattern } of SHAPES) {
      if (!text.includes(sign)) continue;
      for (const match of text.matchAll(pattern)) {
        const secret = match.groups?.secret ?? match.groups?.quoted ?? match.groups?.single ?? '';
        if (!isTelling(secret, 'any', QUOTED)) continue;
        const from = match.index + match[0].lastIndexOf(secret);
        add(kind, from, from + secret.length);
      }
    }
  },
};
