import { type ReadContext, toolsOf, type WriteContext } from '../../toolset/define.ts';
import type { RabbitReader, RabbitWriter } from './client.ts';
import type { VhostEntry } from './connection.ts';

export interface RabbitTypes {
  Reader: RabbitReader;
  Writer: RabbitWriter;
  Entry: VhostEntry;
}
export type Reading = ReadContext<RabbitTypes>;
export type Writing = WriteContext<RabbitTypes>;

/** Defines one tool of RabbitMQ, with its clients and scope typed. */
export const tool = toolsOf<RabbitTypes>();

export { complete, completeness } from '../../toolset/completeness.ts';
