import { createRecordsBatch } from '@platformatic/kafka';
import type { ClusterState } from '../../twins/kafka/state.ts';

export interface Sent {
  readonly key?: string;
  readonly value?: string | Buffer;
  /** Unix ms. */
  readonly time?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Puts messages into a partition of the twin, one batch each, or all in one with a compression. */
export function put(
  state: ClusterState,
  topic: string,
  partition: number,
  messages: readonly Sent[],
  compression?: 'gzip' | 'snappy' | 'lz4',
): void {
  const log = state.partition(topic, partition)?.log;
  if (!log) throw new Error(`no ${topic}/${partition}`);
  const records = messages.map(({ key, value = '', time = 1_000, headers = {} }) => ({
    topic,
    partition,
    ...(key === undefined ? {} : { key: Buffer.from(key) }),
    value: Buffer.from(value),
    timestamp: BigInt(time),
    headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
  }));
  const batches = compression ? [records] : records.map((one) => [one]);
  for (const batch of batches)
    log.append(createRecordsBatch(batch, compression ? { compression } : {}).buffer);
}
