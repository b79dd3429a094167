import { afterEach, expect, test } from 'vitest';
import { listTopics } from '../../src/services/kafka/tools/list-topics.ts';
import { closeLab, type Lab, openLab } from '../services/kafka/fixture.ts';

let lab: Lab | undefined;
afterEach(async () => {
  if (lab) await closeLab(lab);
});
const login = { mechanisms: ['SCRAM-SHA-256'], user: 'stackward', password: 'right one' };
const SALT = Buffer.from('salt').toString('base64');

/** Opens the tools at a broker that answers each round of the login with what is given. */
async function hostile(answer: (round: number, nonce: string) => string) {
  const opened = await openLab({ login, mechanism: 'scram-sha-256' });
  lab = opened;
  const nonceOf = () => /r=([^,]+)$/.exec(opened.twin.logins().toString())?.[1] ?? '';
  opened.twin.answerLogin((round) => answer(round, nonceOf()));
  return opened.kafka.read(listTopics, 'it', {});
}

// The driver throws out of a socket's listener at some of these, which ends a process that does not stop it.
test.each(['', 'x', ',', '=', 'r=', 's=,i=', 'r=x', '\u0000', 'v=abc', 'e=other-error', `i=4096,s=${SALT}`])(
  'a broker that answers a SCRAM login with %j is refused, and nothing breaks',
  async (text) => {
    await expect(hostile(() => text)).rejects.toMatchObject({
      code: expect.stringMatching(/^(login_failed|unreachable)$/),
    });
    expect(lab?.twin.requests).toEqual([]);
  },
);

test.each([1_000_001, 2_000_000_000])(
  'a broker that wants %i rounds of hashing gets none',
  async (rounds) => {
    const reading = hostile((_round, nonce) => `r=${nonce}x,s=${SALT},i=${rounds}`);
    await expect(reading).rejects.toMatchObject({
      code: expect.stringMatching(/^(login_failed|unreachable)$/),
    });
    // A second message would be the proof, which takes the hashing.
    expect(
      lab?.twin
        .logins()
        .toString()
        .match(/c=biws/g),
    ).toBeNull();
  },
);

test.each(['v=aGVsbG8=', 'e=unknown-user', 'nonsense', ''])(
  'a broker that cannot prove that it knows the password, with %j, is not spoken to',
  async (proof) => {
    const reading = hostile((round, nonce) => (round === 1 ? `r=${nonce}x,s=${SALT},i=4096` : proof));
    await expect(reading).rejects.toMatchObject({
      code: expect.stringMatching(/^(login_failed|unreachable)$/),
    });
    expect(lab?.twin.requests).toEqual([]);
  },
);
