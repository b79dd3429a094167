import { readFile } from 'node:fs/promises';
import type { MongoClientOptions } from 'mongodb';
import type { Connector, Endpoint } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { DatabaseEntry, type MongoConnection } from './connection.ts';
import { Deployment } from './deployment.ts';
import type { Lock } from './lock.ts';
import { isDatabase } from './names.ts';
import { createReader } from './reader.ts';
import { roleWarnings } from './role.ts';
import type { MongoTypes } from './tool.ts';
import { Wire } from './wire.ts';
import { createRehearsal, createWriter } from './writer.ts';

/** Opens clients of one database each; a writing one is a connection of its own. */
export const connector: Connector<MongoTypes, MongoConnection> = {
  async openReader(endpoint) {
    const { wire, deployment } = await open(endpoint, 'read');
    if (sendsInClear(endpoint.connection))
      endpoint.warn('documents travel in clear text to another machine; set tls: true');
    try {
      for (const warning of await roleWarnings(wire, endpoint.limits)) endpoint.warn(warning);
    } catch (error) {
      await deployment.close();
      throw error;
    }
    return { client: createReader(wire), close: () => deployment.close() };
  },
  async openWriter(endpoint) {
    const { wire, deployment } = await open(endpoint, 'write');
    const client = createWriter(wire, createReader(wire), await wire.isSharded());
    return { client, close: () => deployment.close() };
  },
  async openRehearsal(endpoint) {
    const { wire, deployment } = await open(endpoint, 'read');
    const client = createRehearsal(wire, createReader(wire), await wire.isSharded());
    return { client, triesAgain: true, close: () => deployment.close() };
  },
};

type Settings = Endpoint<MongoConnection>['connection'];

async function open({ connection, sub, entry }: Endpoint<MongoConnection>, access: Lock['access']) {
  if (sub === undefined || !isDatabase(sub))
    throw new ToolError('not_linked', 'the topology names no database of an application here');
  const deployment = new Deployment({
    hosts: hostsOf(connection),
    replicaSet: connection.replica_set,
    client: await clientOptions(connection),
  });
  const { collections } = DatabaseEntry.parse(entry);
  const wire = new Wire(deployment, sub, { access, collections });
  try {
    await deployment.serving();
  } catch (error) {
    await deployment.close();
    throw error;
  }
  return { wire, deployment };
}

const hostsOf = ({ host, port, other_hosts }: Settings) => [{ host, port }, ...other_hosts] as const;

async function clientOptions(connection: Settings): Promise<MongoClientOptions> {
  const { credentials, ca_file } = connection;
  return {
    ...(credentials && {
      auth: { username: credentials.user, password: credentials.password.expose() },
      authSource: credentials.auth_source,
      authMechanism: credentials.mechanism,
    }),
    tls: speaksTls(connection),
    ...(ca_file && { ca: await authority(ca_file) }),
  };
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const isLocal = (connection: Settings): boolean =>
  hostsOf(connection).every(({ host }) => LOOPBACK.test(host));

const speaksTls = (connection: Settings): boolean => connection.tls ?? !isLocal(connection);

const sendsInClear = (connection: Settings): boolean => !speaksTls(connection) && !isLocal(connection);

async function authority(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause) => {
    throw new ToolError('setting_unavailable', `The ca_file ${file} could not be read.`, { cause });
  });
}
