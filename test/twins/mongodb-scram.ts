import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Binary, type Document } from 'bson';

const ITERATIONS = 4096;

/** One conversation of SCRAM-SHA-256 on the server's side: RFC 5802 and RFC 7677, as MongoDB's saslStart speaks it. */
export class Scram {
  readonly #users: ReadonlyMap<string, string>;
  #state: { bare: string; first: string; nonce: string; salted: Buffer } | undefined;
  isDone = false;

  readonly #rounds: string;

  /** @param rounds said instead of the true number, as a hostile server might */
  constructor(users: ReadonlyMap<string, string>, rounds = `${ITERATIONS}`) {
    this.#users = users;
    this.#rounds = rounds;
  }

  /** The answer to saslStart or saslContinue; undefined when the user or the password is wrong. */
  answer(command: Document): Document | undefined {
    const payload = Buffer.from((command.payload as Binary).value()).toString();
    const text = 'saslStart' in command ? this.#start(payload) : this.#finish(payload);
    if (text === undefined) return undefined;
    return { conversationId: 1, done: this.isDone, payload: new Binary(Buffer.from(text)), ok: 1 };
  }

  #start(payload: string): string | undefined {
    const [, user = '', nonce = ''] = /^n,,n=([^,]*),r=(.*)$/.exec(payload) ?? [];
    const password = this.#users.get(user);
    if (password === undefined) return undefined;
    const salt = randomBytes(28);
    const full = `${nonce}${randomBytes(24).toString('base64')}`;
    const first = `r=${full},s=${salt.toString('base64')},i=${this.#rounds}`;
    const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
    this.#state = { bare: payload.slice(3), first, nonce: full, salted };
    return first;
  }

  #finish(payload: string): string | undefined {
    const state = this.#state;
    const [, withoutProof = '', nonce, proof = ''] = /^(c=biws,r=([^,]*)),p=(.*)$/.exec(payload) ?? [];
    if (!state || nonce !== state.nonce) return undefined;
    const message = `${state.bare},${state.first},${withoutProof}`;
    const clientKey = hmac(state.salted, 'Client Key');
    const signature = hmac(createHash('sha256').update(clientKey).digest(), message);
    const expected = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
    const given = Buffer.from(proof, 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    this.isDone = true;
    return `v=${hmac(hmac(state.salted, 'Server Key'), message).toString('base64')}`;
  }
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
