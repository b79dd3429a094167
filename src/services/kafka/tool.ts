import { type ReadContext, toolsOf, type WriteContext } from '../../toolset/define.ts';
import type { KafkaReader, KafkaWriter } from './client.ts';
import type { TopicsEntry } from './connection.ts';

export interface KafkaTypes {
  Reader: KafkaReader;
  Writer: KafkaWriter;
  Entry: TopicsEntry;
}
export type Reading = ReadContext<KafkaTypes>;
export type Writing = WriteContext<KafkaTypes>;

/** Defines one tool of Kafka, with its clients and scope typed. */
export const tool = toolsOf<KafkaTypes>();

export { complete, completeness } from '../../toolset/completeness.ts';
