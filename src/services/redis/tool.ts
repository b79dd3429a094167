import { toolsOf } from '../../toolset/define.ts';
import type { PrefixEntry } from './prefix.ts';
import type { RedisReader } from './reader.ts';
import type { RedisWriter } from './writer.ts';

export interface RedisTypes {
  Reader: RedisReader;
  Writer: RedisWriter;
  Entry: PrefixEntry;
}

/** Defines one tool of Redis, with its clients and scope typed. */
export const tool = toolsOf<RedisTypes>();
