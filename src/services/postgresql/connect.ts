import { readFile } from 'node:fs/promises';
import pg, { type ClientConfig } from 'pg';
import type { Connector, Endpoint, Opened } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { Connection } from './connection.ts';
import { createReader } from './reader.ts';
import { warnings } from './role.ts';
import type { Database, Pg, PgReader } from './types.ts';
import { openRehearsal as openRehearsing, openWriter as openWriting } from './writer.ts';

/** Calls of one component run eight at a time; some connections are being cleaned meanwhile. */
const CONNECTIONS = 12;

/** Opens the shared reading client of one database and says what is too mighty about its role. Throws ToolError. */
export async function openReader(endpoint: Endpoint<Connection>): Promise<Opened<PgReader>> {
  const pool = new pg.Pool({
    ...(await configOf(endpoint)),
    application_name: 'stackward',
    max: CONNECTIONS,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
  });
  // Without a listener the loss of a connection would end this process; whoever uses it learns of it anyway.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const client = createReader(pool);
  try {
    const options = { limits: endpoint.limits, signal: AbortSignal.timeout(endpoint.limits.deadlineMs) };
    for (const warning of await warnings(client, schemasOf(endpoint), options)) endpoint.warn(warning);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { client, close: () => pool.end() };
}

const openWriter: Connector<Pg, Connection>['openWriter'] = async (endpoint, grant) =>
  openWriting(endpoint, grant, await configOf(endpoint));

const openRehearsal: Connector<Pg, Connection>['openWriter'] = async (endpoint, grant) =>
  openRehearsing(endpoint, grant, await configOf(endpoint));

export const connector: Connector<Pg, Connection> = { openReader, openWriter, openRehearsal };

function schemasOf({ entry }: Endpoint<Connection>): Database['schemas'] {
  const { schemas } = entry;
  return Array.isArray(schemas) ? schemas.filter((one) => typeof one === 'string') : [];
}

async function configOf({ connection, sub }: Endpoint<Connection>): Promise<ClientConfig> {
  const { host, port, credentials } = connection;
  return {
    host,
    port,
    // Given in full, so that nothing is taken from PGDATABASE, PGUSER and the like.
    database: sub ?? 'postgres',
    user: credentials.user.expose(),
    password: credentials.password.expose(),
    ssl: await tls(connection),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  };
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|\/.*)$/;

/** Off the machine a server has to prove who it is, unless the topology says otherwise. */
async function tls({ host, ssl, ca_file }: Endpoint<Connection>['connection']): Promise<ClientConfig['ssl']> {
  const mode = ssl ?? (LOOPBACK.test(host) ? 'disable' : 'verify-full');
  if (mode === 'disable') return false;
  if (mode === 'require') return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ...(ca_file && { ca: await authority(ca_file) }) };
}

async function authority(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause) => {
    throw new ToolError('setting_unavailable', `The ca_file ${file} could not be read.`, { cause });
  });
}
