import { expect } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/kafka/connect.ts';
import type { KafkaConnection, TopicsEntry } from '../../../src/services/kafka/connection.ts';
import type { KafkaTypes } from '../../../src/services/kafka/tool.ts';
import { openToolLab } from '../../harness/tool-lab.ts';
import { type KafkaTwin, startKafkaTwin } from '../../twins/kafka/server.ts';
import type { TwinLogin } from '../../twins/kafka/session.ts';

export const LIMITS = { rows: 500, bytes: 256 * 1024, deadlineMs: 30_000 };
/** What the tests' link reaches. */
export const REACH: TopicsEntry = { match: ['orders', 'orders.*', 'new-*'], groups: ['orders-*'] };

export interface LabOptions {
  readonly nodes?: number;
  readonly login?: TwinLogin;
  readonly password?: string;
  readonly mechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly advertised?: 'declared' | 'any';
  readonly brokers?: readonly string[];
  readonly reach?: TopicsEntry;
}

/** Opens the tools at brokers. */
export function openKafka(brokers: readonly string[], options: LabOptions = {}) {
  const { login, mechanism = 'plain', advertised = 'declared', reach = REACH } = options;
  const password = new Secret('password', options.password ?? login?.password ?? '');
  const sasl = login && { sasl: { mechanism, user: login.user, password } };
  return openToolLab<KafkaTypes, KafkaConnection>({
    connector,
    component: 'bus',
    connection: { brokers: [...brokers], tls: false, advertised, ...sasl },
    subs: { it: reach },
    limits: LIMITS,
  });
}

/** A twin with the topics `orders` (three partitions, six messages in the first), `orders.dead` and others outside. */
export async function openLab(options: LabOptions = {}) {
  const twin = await startKafkaTwin(options);
  const { state } = twin;
  state.create('orders', 3, { 'retention.ms': '86400000' });
  state.create('orders.dead', 1);
  state.create('payments', 2);
  state.create('__consumer_offsets', 1);
  return { twin, state, kafka: openKafka(options.brokers ?? twin.brokers, options) };
}
export type Lab = Awaited<ReturnType<typeof openLab>>;

/** Fails for anything that a broker would not have let pass, and for a request that was not answered. */
export async function closeLab({ twin }: { readonly twin: KafkaTwin }): Promise<void> {
  await twin.close();
  expect(twin.violations).toEqual([]);
}

/** Names of the APIs that were asked, each once, in order. */
export const asked = ({ twin }: Pick<Lab, 'twin'>): string[] =>
  [...new Set(twin.requests.map(({ api }) => api))].sort();
