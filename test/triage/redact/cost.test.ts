import { expect, test } from 'vitest';
import { DETECTORS } from '../../../src/triage/redact/detectors/index.ts';
import { encodedTexts } from '../../../src/triage/redact/encoded.ts';

/** Pieces that, repeated, make each detector begin as often as it can and fail as late as it can. */
const PIECES = [
  ...[
    'a',
    '0',
    '.',
    '@',
    '\n',
    '{',
    '"',
    '\\',
    '%25',
    '\u200b',
    'ey',
    'eyJ.',
    'a.b@',
    '://',
    'http://a:b/',
    '1-',
    '+4 ',
    '(',
  ],
  ...[
    'password=',
    "password='",
    '"password":',
    'password: |\n  a\n',
    '\npassword: a b',
    '<password ',
    'secret[',
    'passwords: ["a",',
  ],
  ...[
    'key',
    '&a=',
    'the password is ',
    'login a password ',
    'name="password"\n',
    'phone 0',
    '4111 ',
    'DE89 3704 ',
    'AKIAAAAAAAAAAAAAAAAA ',
  ],
  ...[
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\nProc-Type',
    'MIIE',
    'Private-Lines: 1\n',
  ],
  ...[
    'sk-',
    'ghp_',
    'xoxb-',
    'SG.aaaaaaaaaaaaaaaaaaaa.',
    'T3BlbkFJ',
    'Q~',
    ':AA',
    '-us',
    'Cookie: a=b; ',
    'Authorization: Digest ',
    'Bearer ',
  ],
  ...['curl -u ', 'mysql -p', "IDENTIFIED BY '", '$argon2id$v=1$', 'aaaaaaaaaaaaaaaa\n'],
];
const SHORT = 12_500;

/** CPU time, of the process alone: what else the machine does is not counted. The least of some runs, in microseconds. */
function cost(run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 3; n++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return least;
}

/** Eight times the text may cost eight times as much; a quadratic step would cost 64 times. A few milliseconds are noise. */
const isLinear = (find: (text: string) => unknown, piece: string) => {
  const long = piece.repeat(Math.ceil((SHORT * 8) / piece.length));
  const short = long.slice(0, SHORT);
  find(short);
  return (
    cost(() => find(long)) <=
    24 *
      Math.max(
        cost(() => find(short)),
        2_000,
      )
  );
};

test.each(DETECTORS)('$name costs in proportion to the text, whoever wrote it', ({ find }) => {
  expect(PIECES.filter((piece) => !isLinear((text) => find(text, () => {}), piece))).toEqual([]);
});

test('looking for encoded texts costs in proportion to the text', () => {
  expect(PIECES.filter((piece) => !isLinear(encodedTexts, piece))).toEqual([]);
});
