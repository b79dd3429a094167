import { type SASLCustomAuthenticator, type SASLOptions, saslPlain, saslScramSha } from '@platformatic/kafka';

const MECHANISM = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;

export interface Login {
  readonly mechanism: keyof typeof MECHANISM;
  readonly user: string;
  readonly password: string;
}

/** A broker that asks for more rounds of hashing than this wants our processor, not our password. */
const MOST_ITERATIONS = 1_000_000;
const FIRST_ANSWER = /^r=[^,]+,s=[A-Za-z0-9+/=]+,i=(\d{1,9})$/;
const LAST_ANSWER = /^(v=[A-Za-z0-9+/=]+|e=[^,]+)$/;

class LoginFault extends Error {}

/** How the driver logs in. */
export const saslOptions = ({ mechanism, user, password }: Login): SASLOptions => ({
  mechanism: MECHANISM[mechanism],
  username: user,
  password,
  authenticate: mechanism === 'plain' ? plain(user, password) : scram(mechanism, user, password),
});

const plain =
  (user: string, password: string): SASLCustomAuthenticator =>
  (_mechanism, connection, api, _user, _password, _token, callback) =>
    saslPlain.authenticate(api, connection, user, password, callback);

/** The driver throws out of a socket's listener at an answer that is no SCRAM, which would end the process. */
const scram =
  (mechanism: 'scram-sha-256' | 'scram-sha-512', user: string, password: string): SASLCustomAuthenticator =>
  (_mechanism, connection, api, _user, _password, _token, callback) => {
    let round = 0;
    const checked: typeof api = Object.assign(
      (...[to, bytes, done]: Parameters<typeof api>) =>
        api(to, bytes, (error, answer) => {
          round += 1;
          const isSound = answer === undefined || isScram(answer.authBytes.toString(), round);
          done?.(isSound ? error : new LoginFault('not SCRAM'), answer);
        }),
      { async: api.async, key: api.key, version: api.version },
    );
    const algorithm = mechanism === 'scram-sha-256' ? 'SHA-256' : 'SHA-512';
    saslScramSha.authenticate(
      checked,
      connection,
      algorithm,
      user,
      password,
      saslScramSha.defaultCrypto,
      callback,
    );
  };

/** Whether an answer is what RFC 5802 has for the round. */
function isScram(answer: string, round: number): boolean {
  if (round > 1) return LAST_ANSWER.test(answer);
  const iterations = FIRST_ANSWER.exec(answer)?.[1];
  return iterations !== undefined && Number(iterations) <= MOST_ITERATIONS;
}
