import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Document } from 'bson';
import { COMMANDS, FIELDS } from './mongodb-commands.ts';
import { assertPrivileged, type Privilege, privilegesOf } from './mongodb-privileges.ts';
import { Scram } from './mongodb-scram.ts';
import { MongoState, Refusal } from './mongodb-state.ts';
import { type Message, reply, takeMessages } from './mongodb-wire.ts';

/**
 * TWIN of a MongoDB server: the part of the commands that the tools use, over the wire protocol with SCRAM-SHA-256,
 * after the manual of MongoDB 8.0 (database commands, wire protocol, error codes). A command or a field that it does
 * not know is answered as a real server answers it and is a violation that a test asserts on.
 *
 * - commands: https://www.mongodb.com/docs/manual/reference/command/
 * - errors: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
export interface MongoTwin {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly state: MongoState;
  /** What no client may send. */
  readonly violations: readonly string[];
  /** Every command after the login, without those with which a driver watches a server. */
  readonly commands: readonly { readonly name: string; readonly database: string; readonly body: Document }[];
  /** Cursors that are still open. */
  readonly openCursors: number;
  /** Connections that ended while a command ran on them. */
  readonly abandoned: readonly string[];
  forget(): void;
  /** Answers a command of this name with an error until `forget`. */
  fail(name: string, code: number, codeName: string): void;
  /** Carries out the next command of this name and breaks the connection without an answer. */
  loseAnswerOf(name: string): void;
  /** Leaves the next command of this name without an answer. */
  hang(name: string): void;
  /** Lets somebody else act right before the next command of this name. */
  before(name: string, act: () => void): void;
  /** Says hello as a member of a replica set, or as a mongos. */
  role: { setName?: string; isPrimary: boolean; isMongos: boolean; hosts?: string[] };
  batchBytes: number;
  /** Rounds of hashing that it says at the login instead of the true number. */
  rounds: string | undefined;
  /** Roles of the account. */
  roles: { role: string; db: string }[];
  /** Privileges of the account, where it is not those of its roles; `open` where nobody has to log in. */
  privileges: readonly Privilege[] | 'open' | undefined;
  close(): Promise<void>;
}

const USER = 'reader';
const PASSWORD = 'twin-pass-word';
const WATCHING: ReadonlySet<string> = new Set([
  'hello',
  'ismaster',
  'isMaster',
  'saslStart',
  'saslContinue',
  'ping',
  'endSessions',
]);
/** Fields that any command may have. */
const GENERIC: readonly string[] = ['$db', 'lsid', '$readPreference', 'maxTimeMS', '$clusterTime'];

export async function startMongoTwin(): Promise<MongoTwin> {
  const twin = new Twin();
  await twin.listen();
  return twin;
}

class Twin implements MongoTwin {
  readonly user = USER;
  readonly password = PASSWORD;
  readonly state = new MongoState();
  readonly violations: string[] = [];
  readonly commands: { name: string; database: string; body: Document }[] = [];
  readonly abandoned: string[] = [];
  role: MongoTwin['role'] = { isPrimary: true, isMongos: false };
  batchBytes = 16 * 2 ** 20;
  rounds: string | undefined;
  roles: MongoTwin['roles'] = [{ role: 'readWrite', db: 'shop' }];
  privileges: MongoTwin['privileges'];
  port = 0;
  readonly #cursors = new Map<string, Buffer[]>();
  readonly #failing = new Map<string, Refusal>();
  readonly #acts = new Map<string, () => void>();
  #lost: string | undefined;
  #hung: string | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#serve(socket));

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
  }

  get openCursors(): number {
    return this.#cursors.size;
  }

  forget(): void {
    this.commands.length = 0;
    this.abandoned.length = 0;
    this.#failing.clear();
    this.#acts.clear();
    this.#lost = undefined;
    this.#hung = undefined;
  }

  fail(name: string, code: number, codeName: string): void {
    this.#failing.set(name, new Refusal(code, codeName, 'the value "hidden-value" of db-0.internal.example'));
  }

  loseAnswerOf(name: string): void {
    this.#lost = name;
  }

  hang(name: string): void {
    this.#hung = name;
  }

  before(name: string, act: () => void): void {
    this.#acts.set(name, act);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    const scram = new Scram(new Map([[USER, PASSWORD]]), this.rounds);
    let buffer = Buffer.alloc(0);
    let hanging: string | undefined;
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (hanging) this.abandoned.push(hanging);
    });
    socket.on('data', (chunk) => {
      const { messages, rest } = takeMessages(Buffer.concat([buffer, chunk]));
      buffer = Buffer.from(rest);
      for (const message of messages) {
        const [name = ''] = Object.keys(message.body);
        const answer = this.#answer(message, scram);
        if (this.#hung === name) {
          this.#hung = undefined;
          hanging = name;
        } else if (this.#lost === name) {
          this.#lost = undefined;
          socket.destroy();
        } else if (message.wantsReply) socket.write(reply(message, answer));
      }
    });
  }

  #answer({ body }: Message, scram: Scram): Document {
    const [name = ''] = Object.keys(body);
    try {
      if (WATCHING.has(name)) return this.#watch(name, body, scram);
      if (!scram.isDone) throw new Refusal(13, 'Unauthorized', `Command ${name} requires authentication`);
      return this.#run(name, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.isViolation) this.violations.push(`${name}: ${error.message}`);
      return { ok: 0, code: error.code, codeName: error.codeName, errmsg: error.message };
    }
  }

  #run(name: string, body: Document): Document {
    const database = String(body.$db);
    this.commands.push({ name, database, body });
    const fields = FIELDS[name];
    const command = COMMANDS[name];
    if (!fields || !command) throw new Refusal(59, 'CommandNotFound', `no such command: '${name}'`, true);
    const odd = Object.keys(body).find((field) => !fields.includes(field) && !GENERIC.includes(field));
    if (odd)
      throw new Refusal(40415, 'IDLUnknownField', `BSON field '${name}.${odd}' is an unknown field.`, true);
    const act = this.#acts.get(name);
    this.#acts.delete(name);
    act?.();
    const failure = this.#failing.get(name);
    if (failure) throw failure;
    const { state, batchBytes, roles } = this;
    const privileges = this.privileges === 'open' ? undefined : (this.privileges ?? privilegesOf(roles));
    const session = { state, database, cursors: this.#cursors, batchBytes, roles, privileges };
    assertPrivileged(name, body, session);
    return command(body, session);
  }

  #watch(name: string, body: Document, scram: Scram): Document {
    if (name === 'saslStart' || name === 'saslContinue') {
      const answer = scram.answer(body);
      if (answer) return answer;
      throw new Refusal(18, 'AuthenticationFailed', 'Authentication failed.');
    }
    if (name === 'ping' || name === 'endSessions') return { ok: 1 };
    const { setName, isPrimary, isMongos, hosts } = this.role;
    return {
      helloOk: true,
      [name === 'hello' ? 'isWritablePrimary' : 'ismaster']: isPrimary,
      ...(isPrimary ? {} : { secondary: true }),
      ...(setName
        ? { setName, hosts: hosts ?? [`127.0.0.1:${this.port}`], me: `127.0.0.1:${this.port}` }
        : {}),
      ...(isMongos ? { msg: 'isdbgrid' } : {}),
      maxBsonObjectSize: 16 * 2 ** 20,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      localTime: new Date(),
      logicalSessionTimeoutMinutes: 30,
      connectionId: 1,
      minWireVersion: 0,
      maxWireVersion: 25,
      readOnly: false,
      ok: 1,
    };
  }
}
