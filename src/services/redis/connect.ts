import type { Connector, Endpoint, Opened } from '../../toolset/define.ts';
import { OPTIONAL_WRITE_COMMAND, READ_COMMANDS, WRITE_COMMANDS } from './commands.ts';
import { type Address, Connection } from './connection.ts';
import { PrefixEntry, prefixBytes } from './prefix.ts';
import { RedisReader } from './reader.ts';
import type { RedisConnection } from './service.ts';
import type { RedisTypes } from './tool.ts';
import { RedisWriter } from './writer.ts';

const PROBE_MS = 10_000;
const SILENCE_MS = 30_000;

/** Opens readers and writers of Redis and Valkey. */
export const connector: Connector<RedisTypes, RedisConnection> = {
  async openReader(endpoint) {
    const connection = await Connection.open({
      address: addressOf(endpoint),
      allowed: READ_COMMANDS,
      silenceMs: SILENCE_MS,
      probeMs: PROBE_MS,
      reopens: true,
    });
    const prefix = endpoint.sub === undefined ? undefined : prefixBytes(PrefixEntry.parse(endpoint.entry));
    const client = new RedisReader(connection, endpoint.connection.database, prefix);
    return { client, close: async () => connection.close() };
  },

  openWriter: (endpoint) => openWriting(endpoint, { isRehearsal: false }),
  openRehearsal: (endpoint) => openWriting(endpoint, { isRehearsal: true }),
};

async function openWriting(
  endpoint: Endpoint<RedisConnection>,
  how: { readonly isRehearsal: boolean },
): Promise<Opened<RedisWriter>> {
  const prefix = prefixBytes(PrefixEntry.parse(endpoint.entry));
  const connection = await Connection.open({
    address: addressOf(endpoint),
    allowed: [...WRITE_COMMANDS, OPTIONAL_WRITE_COMMAND],
    silenceMs: endpoint.limits.deadlineMs,
    reopens: false,
  });
  return { client: new RedisWriter(connection, prefix, how), close: async () => connection.close() };
}

function addressOf({ connection }: Endpoint<RedisConnection>): Address {
  const { host, port, tls, database, credentials } = connection;
  return {
    host,
    port,
    tls,
    database,
    ...(credentials?.user === undefined ? {} : { username: credentials.user }),
    ...(credentials?.password === undefined ? {} : { password: credentials.password.expose() }),
  };
}
