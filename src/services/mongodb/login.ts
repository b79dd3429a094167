import { Binary, type MongoClient } from 'mongodb';
import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';

/** A server's default is 15,000. One that asks for more than this wants our processor, not our password. */
const MOST_ROUNDS = 1_000_000;
/** @see https://www.rfc-editor.org/rfc/rfc5802#section-5.1 */
const FIRST_ANSWER = /^r=[^,]+,s=[A-Za-z0-9+/=]+,i=(\d{1,9})$/;

type Auth = (context: object) => Promise<unknown>;
const Provider = z.custom<{ auth: Auth }>((value) => typeof Object(value).auth === 'function');
const Client = z.object({
  s: z.object({
    authProviders: z.custom<{ getOrCreateProvider(mechanism: string, properties: object): unknown }>(
      (value) => typeof Object(value).getOrCreateProvider === 'function',
    ),
  }),
});
type Command = (namespace: unknown, command: object, ...more: unknown[]) => Promise<unknown>;
const Context = z.looseObject({
  connection: z.custom<{ command: Command }>((value) => typeof Object(value).command === 'function'),
  response: z.unknown(),
});

/**
 * Bounds the rounds of hashing that a server may ask for at the login. The driver has a least number and no most one,
 * and hashes on the threads that the audit's files need too: four such answers would hold up every call for minutes.
 * It has no door for this, so what it keeps to itself is wrapped; one that keeps it elsewhere does not log in.
 */
export function boundLogin(client: MongoClient): void {
  const { credentials } = client.options;
  if (!credentials) return;
  const { authProviders } = Client.parse(client).s;
  const provider = Provider.parse(authProviders.getOrCreateProvider(credentials.mechanism, {}));
  const auth: Auth = provider.auth.bind(provider);
  provider.auth = async (given) => {
    const context = Context.parse(given);
    assertRounds(Object(context.response).speculativeAuthenticate);
    const { connection } = context;
    const command: Command = async (namespace, asked, ...more) => {
      const answer = await connection.command(namespace, asked, ...more);
      if ('saslStart' in asked) assertRounds(answer);
      return answer;
    };
    return auth({ ...context, connection: { command } });
  };
}

/** Throws ToolError('login_failed') for a first answer that is no SCRAM, or asks for too much; none is none. */
function assertRounds(answer: unknown): void {
  if (answer === undefined || answer === null) return;
  const { payload } = Object(answer);
  const bytes: unknown = payload instanceof Binary ? payload.value() : payload;
  const text = bytes instanceof Uint8Array ? Buffer.from(bytes).toString('latin1') : '';
  const rounds = FIRST_ANSWER.exec(text)?.[1];
  if (rounds !== undefined && Number(rounds) <= MOST_ROUNDS) return;
  throw new ToolError(
    'login_failed',
    `the server’s part of the login is none, or over ${MOST_ROUNDS} rounds`,
  );
}
