import { z } from 'zod';
import { secret, setting } from '../../toolset/define.ts';
import { GroupPattern, TopicPattern } from './names.ts';

const ADDRESS = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<host>[a-zA-Z0-9._-]+)):(?<port>\d{1,5})$/;

/** Where one broker listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` or `[::1]:port`. Undefined if it is neither. */
export function parseAddress(text: string): Address | undefined {
  const { v6, host, port } = ADDRESS.exec(text)?.groups ?? {};
  const number = Number(port);
  const name = v6 ?? host;
  return name === undefined || number < 1 || number > 65_535 ? undefined : { host: name, port: number };
}

/** How an address is compared: host names do not tell capitals apart, and nothing else is resolved. */
export const addressKey = ({ host, port }: Address): string => `${host.toLowerCase()} ${port}`;

const BrokerAddress = z.string().refine((text) => parseAddress(text) !== undefined, 'expected host:port');

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** The fields of a topology component that say where its cluster is and who logs in. */
export const KafkaConnection = z.strictObject({
  brokers: z
    .array(setting(BrokerAddress))
    .min(1)
    .max(50)
    .describe('Every broker as the cluster advertises it, host:port; nothing else is connected to'),
  tls: z.boolean().default(false).describe('Speak TLS; each certificate must be valid for its broker’s host'),
  sasl: z
    .strictObject({
      mechanism: z.enum(MECHANISMS),
      user: setting(z.string().regex(/^[^,=\p{Cc}]+$/u, 'a user name has no comma, = or control character')),
      password: secret(),
    })
    .optional(),
  advertised: z
    .enum(['declared', 'any'])
    .default('declared')
    .describe('Whether credentials may go to brokers that the cluster names and `brokers` does not'),
});
export type KafkaConnection = z.output<typeof KafkaConnection>;

/** Which topics and consumer groups one target reaches. Kafka's own topics are never among them. */
export const TopicsEntry = z.strictObject({
  match: z
    .array(TopicPattern)
    .min(1)
    .max(200)
    .describe('Names of topics, or beginnings of names with a * at the end'),
  // A list that is empty, not absent: a link can then narrow it only, and never bring groups in.
  groups: z.array(GroupPattern).max(200).default([]).describe('The same for consumer groups; none if absent'),
});
export type TopicsEntry = z.output<typeof TopicsEntry>;
