import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

const ITERATIONS = 4096;

/** The broker's side of SCRAM. @see https://datatracker.ietf.org/doc/html/rfc5802 */
export class ScramServer {
  readonly #hash: 'sha256' | 'sha512';
  readonly #user: string;
  readonly #salted: Buffer;
  readonly #salt = randomBytes(16);
  #clientFirst = '';
  #serverFirst = '';
  readonly #serverNonce = randomBytes(12).toString('base64url');

  constructor(mechanism: string, user: string, password: string) {
    this.#hash = mechanism === 'SCRAM-SHA-512' ? 'sha512' : 'sha256';
    this.#user = user;
    this.#salted = pbkdf2Sync(
      password,
      this.#salt,
      ITERATIONS,
      this.#hash === 'sha512' ? 64 : 32,
      this.#hash,
    );
  }

  /** Answers one message of the client; undefined refuses the login. `done` after the last. */
  answer(message: string): { text: string; done: boolean } | undefined {
    return this.#serverFirst === '' ? this.#first(message) : this.#last(message);
  }

  #first(message: string) {
    const bare = /^n,,(n=([^,]+),r=([^,]+))/.exec(message);
    if (bare?.[2] !== this.#user) return undefined;
    this.#clientFirst = bare[1] ?? '';
    this.#serverFirst = `r=${bare[3]}${this.#serverNonce},s=${this.#salt.toString('base64')},i=${ITERATIONS}`;
    return { text: this.#serverFirst, done: false };
  }

  #last(message: string) {
    const [, head, nonce, proof] = /^(c=biws,r=([^,]+)),p=(.+)$/.exec(message) ?? [];
    // As brokers compare it, since older librdkafka sends its own part twice.
    if (!nonce?.endsWith(this.#serverNonce)) return undefined;
    const mac = (key: Buffer, text: string) => createHmac(this.#hash, key).update(text).digest();
    const auth = `${this.#clientFirst},${this.#serverFirst},${head}`;
    const stored = createHash(this.#hash).update(mac(this.#salted, 'Client Key')).digest();
    const signature = mac(stored, auth);
    const given = Buffer.from(proof ?? '', 'base64');
    if (given.length !== signature.length) return undefined;
    const clientKey = given.map((byte, at) => byte ^ (signature[at] ?? 0));
    if (!timingSafeEqual(createHash(this.#hash).update(clientKey).digest(), stored)) return undefined;
    return { text: `v=${mac(mac(this.#salted, 'Server Key'), auth).toString('base64')}`, done: true };
  }
}
