import type { RandomValues } from '../../secrets/random-values.ts';

/** Makes values of one kind. Written from the issuers' own descriptions; shares nothing with the detectors. */
export interface ValueMaker {
  /** What the figures call it. */
  readonly kind: string;
  make(random: RandomValues): string;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = '0123456789abcdef';
const ALNUM = `${LOWER}${LOWER.toUpperCase()}${DIGITS}`;
const URL_SAFE = `${ALNUM}-_`;
const BASE64 = `${ALNUM}+/`;

/** `count` characters of an alphabet. */
export const chars = (random: RandomValues, alphabet: string, count: number): string =>
  Array.from({ length: count }, () => alphabet.charAt(random.below(alphabet.length))).join('');

export const alnum = (random: RandomValues, count: number) => chars(random, ALNUM, count);
export const hex = (random: RandomValues, count: number) => chars(random, HEX, count);
export const digits = (random: RandomValues, count: number) => chars(random, DIGITS, count);
const urlSafe = (random: RandomValues, count: number) => chars(random, URL_SAFE, count);
const upper = (random: RandomValues, count: number) =>
  chars(random, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', count);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwt(random: RandomValues): string {
  const header = random.pick<object>([
    { alg: 'HS256', typ: 'JWT' },
    { typ: 'JWT', alg: 'RS256', kid: alnum(random, 12) },
    { alg: 'ES256', kid: hex(random, 8) },
    { alg: 'none' },
  ]);
  const claims = base64url({ sub: digits(random, 10), name: 'Ada', iat: 1_700_000_000 + random.below(1e6) });
  return `${base64url(header)}.${claims}.${urlSafe(random, random.pick([43, 86, 342]))}`;
}

function pem(random: RandomValues): string {
  const label = random.pick([
    'RSA PRIVATE KEY',
    'PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
  ]);
  const lines = Array.from({ length: 3 + random.below(20) }, () => chars(random, BASE64, 64));
  lines.push(`${chars(random, BASE64, 20 + random.below(30))}==`);
  const head =
    label === 'RSA PRIVATE KEY' && random.below(3) === 0
      ? ['Proc-Type: 4,ENCRYPTED', `DEK-Info: AES-128-CBC,${hex(random, 32).toUpperCase()}`, '']
      : [];
  return [`-----BEGIN ${label}-----`, ...head, ...lines, `-----END ${label}-----`].join('\n');
}

/** Tokens that show what they are wherever they stand. */
export const TOKENS: readonly ValueMaker[] = [
  { kind: 'github', make: (r) => `gh${r.pick(['p', 'o', 'u', 's', 'r'])}_${alnum(r, 36)}` },
  { kind: 'github', make: (r) => `github_pat_${alnum(r, 22)}_${alnum(r, 59)}` },
  { kind: 'gitlab', make: (r) => `${r.pick(['glpat-', 'gldt-', 'glrt-', 'glptt-'])}${urlSafe(r, 20)}` },
  {
    kind: 'slack',
    make: (r) => `${r.pick(['xoxb', 'xoxp'])}-${digits(r, 12)}-${digits(r, 12)}-${alnum(r, 24)}`,
  },
  {
    kind: 'slack',
    make: (r) => `https://hooks.slack.com/services/T${upper(r, 8)}/B${upper(r, 8)}/${alnum(r, 24)}`,
  },
  { kind: 'aws key id', make: (r) => `${r.pick(['AKIA', 'ASIA'])}${upper(r, 16)}` },
  { kind: 'google', make: (r) => `AIza${urlSafe(r, 35)}` },
  { kind: 'google', make: (r) => `ya29.${urlSafe(r, 120)}` },
  { kind: 'google', make: (r) => `GOCSPX-${urlSafe(r, 28)}` },
  {
    kind: 'stripe',
    make: (r) => `${r.pick(['sk', 'rk'])}_${r.pick(['live', 'test'])}_${alnum(r, r.pick([24, 99]))}`,
  },
  { kind: 'npm', make: (r) => `npm_${alnum(r, 36)}` },
  { kind: 'pypi', make: (r) => `pypi-AgEIcHlwaS5vcmc${urlSafe(r, 120)}` },
  { kind: 'docker', make: (r) => `dckr_pat_${urlSafe(r, 27)}` },
  { kind: 'azure', make: (r) => `${alnum(r, 3)}8Q~${alnum(r, 34)}` },
  { kind: 'openai', make: (r) => `sk-proj-${urlSafe(r, 74)}T3BlbkFJ${urlSafe(r, 74)}` },
  { kind: 'openai', make: (r) => `sk-${alnum(r, 20)}T3BlbkFJ${alnum(r, 20)}` },
  { kind: 'anthropic', make: (r) => `sk-ant-api03-${urlSafe(r, 93)}AA` },
  { kind: 'hugging face', make: (r) => `hf_${chars(r, LOWER + LOWER.toUpperCase(), 34)}` },
  { kind: 'sendgrid', make: (r) => `SG.${urlSafe(r, 22)}.${urlSafe(r, 43)}` },
  { kind: 'vault', make: (r) => `hvs.${urlSafe(r, 90)}` },
  { kind: 'digitalocean', make: (r) => `dop_v1_${hex(r, 64)}` },
  { kind: 'shopify', make: (r) => `shpat_${hex(r, 32)}` },
  { kind: 'databricks', make: (r) => `dapi${hex(r, 32)}` },
  { kind: 'grafana', make: (r) => `glsa_${alnum(r, 32)}_${hex(r, 8)}` },
  { kind: 'telegram', make: (r) => `${digits(r, 9).replace(/^0/, '7')}:AA${urlSafe(r, 33)}` },
  { kind: 'jwt', make: jwt },
  { kind: 'jwt', make: jwt },
];

export const KEYS: readonly ValueMaker[] = [
  { kind: 'private key', make: pem },
  {
    kind: 'private key, cut',
    make: (r) =>
      pem(r)
        .slice(0, -40 - r.below(40))
        .trimEnd(),
  },
];

const WORDS = 'correct horse battery staple summer winter dragon monkey orange velvet rocket copper'.split(
  ' ',
);

/** What people choose: words with digits, random characters, signs that end a value elsewhere. */
export const PASSWORDS: readonly ValueMaker[] = [
  { kind: 'password', make: (r) => `${r.pick(WORDS)}${digits(r, 2 + r.below(3))}` },
  { kind: 'password', make: (r) => `${r.pick(WORDS)}-${r.pick(WORDS)}-${r.pick(WORDS)}` },
  { kind: 'password', make: (r) => chars(r, `${ALNUM}!@#$%^*+_?~.-`, 8 + r.below(20)) },
  {
    kind: 'password',
    make: (r) => r.pick(['changeme', 'hunter2', 'letmein', 'P@ssw0rd!', 'qwerty', 'admin123', 's3cr3t']),
  },
  { kind: 'password', make: (r) => alnum(r, 8 + r.below(24)) },
];

export const SECRETS: readonly ValueMaker[] = [
  { kind: 'named secret', make: (r) => alnum(r, 16 + r.below(30)) },
  { kind: 'named secret', make: (r) => hex(r, r.pick([32, 40, 64])) },
  { kind: 'named secret', make: (r) => chars(r, BASE64, 42) + r.pick(['==', '=']) },
  { kind: 'named secret', make: (r) => [8, 4, 4, 4, 12].map((n) => hex(r, n)).join('-') },
];

export const AWS_SECRET: ValueMaker = {
  kind: 'aws secret key',
  make: (r) => `a7Q${chars(r, BASE64, 37)}`,
};

const FIRST = [
  'ada',
  'bob',
  'carol',
  'd.erdos',
  'eve_k',
  'františek',
  'grace.hopper',
  'h-i',
  'ivan+news',
  "o'neil",
  'x',
];
const HOSTS = [
  'example.com',
  'corp.example.org',
  'mail.shop.co.uk',
  'münchen.de',
  'a-b.io',
  'uni.edu.au',
  'x.museum',
];
export const EMAIL: ValueMaker = {
  kind: 'e-mail',
  make: (r) => `${r.pick(FIRST)}${r.pick(['', digits(r, 2)])}@${r.pick(HOSTS)}`,
};

/** Ranges of example numbers and made-up ones, in forms that need no word beside them. */
export const PHONES: readonly ValueMaker[] = [
  {
    kind: 'phone',
    make: (r) => `+1${r.pick(['', ' ', '-'])}${2 + r.below(8)}${digits(r, 2)}-555-${digits(r, 4)}`,
  },
  { kind: 'phone', make: (r) => `+44 20 7946 ${digits(r, 4)}` },
  { kind: 'phone', make: (r) => `+49${r.pick([' ', ''])}151${r.pick([' ', ''])}2${digits(r, 7)}` },
  { kind: 'phone', make: (r) => `+33 6 ${[1, 2, 3, 4].map(() => digits(r, 2)).join(' ')}` },
  { kind: 'phone', make: (r) => `+91-9${digits(r, 4)}-${digits(r, 5)}` },
  { kind: 'phone', make: (r) => `(${2 + r.below(8)}${digits(r, 2)}) 555-${digits(r, 4)}` },
  { kind: 'phone', make: (r) => `+81 (3) ${digits(r, 4)}-${digits(r, 4)}` },
];

/** National forms: nothing but the word beside them tells them from other numbers. */
export const NATIONAL_PHONES: readonly ValueMaker[] = [
  {
    kind: 'phone, national',
    make: (r) => `0${r.pick(['151', '171', '160'])} ${2 + r.below(8)}${digits(r, 6)}`,
  },
  { kind: 'phone, national', make: (r) => `07${digits(r, 3)} ${digits(r, 6)}` },
  { kind: 'phone, national', make: (r) => `020 7946 ${digits(r, 4)}` },
  { kind: 'phone, national', make: (r) => `06 ${[1, 2, 3, 4].map(() => digits(r, 2)).join(' ')}` },
  { kind: 'phone, national', make: (r) => `${2 + r.below(8)}${digits(r, 2)}555${digits(r, 4)}` },
];

const checkDigit = (body: string): string => {
  for (const last of DIGITS) {
    const sum = [...`${body}${last}`].reverse().reduce((total, digit, i) => {
      const doubled = i % 2 ? Number(digit) * 2 : Number(digit);
      return total + Math.floor(doubled / 10) + (doubled % 10);
    }, 0);
    if (sum % 10 === 0) return body + last;
  }
  return body;
};

export const CARD: ValueMaker = {
  kind: 'card',
  make: (r) => {
    const [prefix, length] = r.pick([
      ['4', 16],
      ['4', 16],
      ['53', 16],
      ['2221', 16],
      ['37', 15],
      ['6011', 16],
      ['3530', 16],
      ['36', 14],
      ['6221', 16],
      ['4', 19],
    ] as const);
    const number = checkDigit(prefix + digits(r, length - prefix.length - 1));
    const separator = r.pick(['', ' ', '-']);
    const groups =
      length === 15 ? [4, 6, 5] : length === 14 ? [4, 6, 4] : length === 19 ? [4, 4, 4, 4, 3] : [4, 4, 4, 4];
    const starts = groups.map((_, i) => groups.slice(0, i).reduce((total, n) => total + n, 0));
    return groups.map((n, i) => number.slice(starts[i], (starts[i] ?? 0) + n)).join(separator);
  },
};

export const IBAN: ValueMaker = {
  kind: 'iban',
  make: (r) => {
    const [country, body] = r.pick([
      ['DE', digits(r, 18)],
      ['GB', `NWBK${digits(r, 14)}`],
      ['FR', `${digits(r, 10)}${chars(r, `ABCDEFGHJ${DIGITS}`, 11)}${digits(r, 2)}`],
      ['ES', digits(r, 20)],
      ['NL', `ABNA${digits(r, 10)}`],
      ['NO', digits(r, 11)],
      ['CH', digits(r, 17)],
    ] as const);
    const asNumber = [...`${body}${country}00`].map((c) => Number.parseInt(c, 36)).join('');
    const check = String(98n - (BigInt(asNumber) % 97n)).padStart(2, '0');
    const iban = `${country}${check}${body}`;
    return r.pick([iban, iban.replace(/(.{4})(?=.)/g, '$1 ')]);
  },
};

/** `user:password` as HTTP sends it. */
export const BASIC: ValueMaker = {
  kind: 'basic credentials',
  make: (r) => base64(`${r.pick(['admin', 'svc-orders', 'ada@example.com'])}:${alnum(r, 6 + r.below(20))}`),
};
