import { type RandomValues, randomValues } from '../../secrets/random-values.ts';
import * as contexts from './contexts.ts';
import { DISGUISES } from './disguises.ts';
import { LOOK_ALIKES } from './look-alikes.ts';
import * as secrets from './secrets.ts';

/** A text with one labelled stretch in it: `from` inclusive, `to` exclusive. */
export interface Sample {
  readonly kind: string;
  readonly context: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** A text in which nothing is to be hidden. */
export interface Harmless {
  readonly kind: string;
  readonly text: string;
}

interface Part {
  readonly makers: readonly secrets.ValueMaker[];
  readonly contexts: readonly contexts.Context[];
  readonly share: number;
}

const URL_USERINFO: secrets.ValueMaker = {
  kind: 'url userinfo',
  make: (r) =>
    `${r.pick(['shop', 'admin', 'svc.orders', ''])}:${secrets.alnum(r, 6 + r.below(16))}${r.pick(['', '!', '$x', '%21'])}`,
};
const COOKIE: secrets.ValueMaker = { kind: 'cookie', make: (r) => `${secrets.alnum(r, 16 + r.below(30))}` };
const BEARER: secrets.ValueMaker = { kind: 'bearer token', make: (r) => secrets.alnum(r, 20 + r.below(60)) };

const PARTS: readonly Part[] = [
  { makers: secrets.TOKENS, contexts: contexts.FREE, share: 30 },
  {
    makers: secrets.KEYS,
    contexts: contexts.FREE.filter(({ name }) => /log|alone|json|sql|yaml/.test(name)),
    share: 6,
  },
  { makers: secrets.PASSWORDS, contexts: contexts.NAMED_PASSWORD, share: 18 },
  { makers: secrets.SECRETS, contexts: contexts.NAMED_SECRET, share: 16 },
  { makers: [secrets.AWS_SECRET], contexts: contexts.AWS_CONTEXTS, share: 4 },
  {
    makers: [URL_USERINFO],
    contexts: contexts.URLS.map((one) => ({ name: one.name, write: one.write })),
    share: 8,
  },
  { makers: [BEARER], contexts: contexts.BEARER, share: 4 },
  { makers: [secrets.BASIC], contexts: contexts.BASIC_HEADERS, share: 3 },
  { makers: [COOKIE], contexts: contexts.COOKIES, share: 4 },
  { makers: [secrets.EMAIL], contexts: contexts.FREE, share: 8 },
  { makers: secrets.PHONES, contexts: contexts.FREE.filter(({ name }) => name !== 'csv'), share: 6 },
  { makers: secrets.NATIONAL_PHONES, contexts: contexts.PHONE_CONTEXTS, share: 4 },
  { makers: [secrets.CARD], contexts: contexts.FREE, share: 6 },
  { makers: [secrets.IBAN], contexts: contexts.FREE, share: 6 },
];

/** As many samples as asked for, the same for the same seed. */
export function samples(seed: number, count: number): Sample[] {
  const random = randomValues(seed);
  const deck = PARTS.flatMap((part) => Array.from({ length: part.share }, () => part));
  return Array.from({ length: count }, () => {
    const part = random.pick(deck);
    const maker = random.pick(part.makers);
    return place(random, maker.kind, maker.make(random), random.pick(part.contexts));
  });
}

/** Tokens and addresses that something between their characters or around them disguises. */
export function disguised(seed: number, count: number): Sample[] {
  const random = randomValues(seed);
  const makers = [...secrets.TOKENS, secrets.EMAIL, secrets.CARD];
  const plain = contexts.FREE.filter(({ encode }) => !encode);
  return Array.from({ length: count }, () => {
    const disguise = random.pick(DISGUISES);
    const value = disguise.apply(random.pick(makers).make(random), random);
    return place(random, `disguised: ${disguise.name}`, value, random.pick(plain));
  });
}

function place(
  random: RandomValues,
  kind: string,
  value: string,
  { name, write, encode }: contexts.Context,
): Sample {
  const text = write(random);
  const from = text.indexOf('{}');
  const shown = encode ? encode(value) : value;
  return {
    kind,
    context: name,
    text: text.slice(0, from) + shown + text.slice(from + 2),
    from,
    to: from + shown.length,
  };
}

/** Look-alikes, the same for the same seed, every kind as often. */
export function harmless(seed: number, count: number): Harmless[] {
  const random = randomValues(seed);
  return Array.from({ length: Math.ceil(count / LOOK_ALIKES.length) }, () =>
    LOOK_ALIKES.map(({ kind, write }) => ({ kind, text: write(random) })),
  )
    .flat()
    .slice(0, count);
}
