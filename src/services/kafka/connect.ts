import type { Connector, Endpoint } from '../../toolset/define.ts';
import { type Address, type KafkaConnection, parseAddress, TopicsEntry } from './connection.ts';
import { READ_APIS, REHEARSAL_APIS, WRITE_APIS } from './protocol/apis.ts';
import { createReader, createRehearsal, createWriter } from './protocol/clients.ts';
import { Cluster } from './protocol/cluster.ts';
import type { KafkaTypes } from './tool.ts';

/** Opens clients of a cluster; the first call connects. */
export const connector: Connector<KafkaTypes, KafkaConnection> = {
  async openReader(endpoint) {
    if (sendsInClear(endpoint))
      endpoint.warn('the password is sent to another machine without tls; set tls, or use a SCRAM mechanism');
    const cluster = clusterOf(endpoint, READ_APIS);
    const client = createReader(cluster, TopicsEntry.parse(endpoint.entry));
    return { client, close: async () => cluster.close() };
  },
  async openWriter(endpoint) {
    const cluster = clusterOf(endpoint, WRITE_APIS);
    const client = createWriter(cluster, TopicsEntry.parse(endpoint.entry));
    return { client, close: async () => cluster.close() };
  },
  async openRehearsal(endpoint) {
    const cluster = clusterOf(endpoint, REHEARSAL_APIS);
    const client = createRehearsal(cluster, TopicsEntry.parse(endpoint.entry));
    return { client, triesAgain: true, close: async () => cluster.close() };
  },
};

function clusterOf({ connection, warn }: Endpoint<KafkaConnection>, allowed: ReadonlySet<number>): Cluster {
  const { sasl, tls, advertised } = connection;
  return new Cluster({
    declared: addressesOf(connection),
    trustsAdvertised: advertised === 'any',
    tls,
    allowed,
    warn,
    ...(sasl
      ? { login: { mechanism: sasl.mechanism, user: sasl.user, password: sasl.password.expose() } }
      : {}),
  });
}

const addressesOf = ({ brokers }: Endpoint<KafkaConnection>['connection']): Address[] =>
  brokers.flatMap((text) => parseAddress(text) ?? []);

const sendsInClear = ({ connection }: Endpoint<KafkaConnection>): boolean =>
  connection.sasl?.mechanism === 'plain' &&
  !connection.tls &&
  addressesOf(connection).some(({ host }) => !/^(localhost|127(\.\d+){3}|::1)$/.test(host));
