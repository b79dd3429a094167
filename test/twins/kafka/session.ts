import { ScramServer } from './scram.ts';
import { type In, Out, Violation } from './wire.ts';

/** Who may log in to the twin, and how. */
export interface TwinLogin {
  readonly mechanisms: readonly string[];
  readonly user: string;
  readonly password: string;
}

const UNSUPPORTED_MECHANISM = 33;
const ILLEGAL_STATE = 34;
const FAILED = 58;

/** The login of one connection. */
export class Session {
  readonly #login: TwinLogin | undefined;
  #mechanism = '';
  #scram: ScramServer | undefined;
  isOpen: boolean;
  /** What the client sent to log in, for tests that look for credentials. */
  readonly sent: Buffer[] = [];
  /** Lets a test answer in place of the broker. */
  answerInstead: ((round: number) => string) | undefined;

  constructor(login: TwinLogin | undefined) {
    this.#login = login;
    this.isOpen = login === undefined;
  }

  /** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/SaslHandshakeRequest.json */
  handshake(body: In): Out {
    this.#mechanism = body.string(false);
    const mechanisms = this.#login?.mechanisms ?? [];
    const code =
      this.#login === undefined
        ? ILLEGAL_STATE
        : mechanisms.includes(this.#mechanism)
          ? 0
          : UNSUPPORTED_MECHANISM;
    const out = new Out().int16(code);
    return out.array(mechanisms, false, (one) => void out.string(one, false));
  }

  /** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/SaslAuthenticateRequest.json */
  authenticate(body: In, version: number): Out {
    const f = version >= 2;
    const bytes = body.bytes(f);
    if (f) body.tags();
    if (this.#mechanism === '') throw new Violation('a login before the handshake');
    this.sent.push(bytes);
    const answer = this.answerInstead?.(this.sent.length) ?? this.#answer(bytes.toString());
    const out = new Out().int16(answer === undefined ? FAILED : 0);
    out.string(answer === undefined ? 'Authentication failed: the password {hunter2} is wrong' : null, f);
    out.bytes(Buffer.from(answer ?? ''), f);
    if (version >= 1) out.int64(0);
    return f ? out.tags() : out;
  }

  #answer(text: string): string | undefined {
    const { user = '', password = '' } = this.#login ?? {};
    if (this.#mechanism === 'PLAIN') {
      this.isOpen = text === `\0${user}\0${password}`;
      return this.isOpen ? '' : undefined;
    }
    this.#scram ??= new ScramServer(this.#mechanism, user, password);
    const answer = this.#scram.answer(text);
    if (answer?.done) this.isOpen = true;
    return answer?.text;
  }
}
