import { type ReadContext, toolsOf, type WriteContext } from '../../toolset/define.ts';
import type { ClickHouseReader, ClickHouseWriter } from './client.ts';
import type { DatabaseEntry } from './connection.ts';

export interface ClickHouseTypes {
  Reader: ClickHouseReader;
  Writer: ClickHouseWriter;
  Entry: DatabaseEntry;
}
export type Reading = ReadContext<ClickHouseTypes>;
export type Writing = WriteContext<ClickHouseTypes>;

/** Defines one tool of ClickHouse, with its clients and scope typed. */
export const tool = toolsOf<ClickHouseTypes>();

export { complete, completeness } from '../../toolset/completeness.ts';
