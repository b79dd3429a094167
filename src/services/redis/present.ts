import { ToolError } from '../../toolset/errors.ts';
import type { RedisReader } from './reader.ts';
import type { ScopedKey } from './scoped-key.ts';

/** The tool that reads each type. */
const TOOL_OF: Readonly<Record<string, string>> = {
  string: 'redis_get',
  hash: 'redis_hash',
  list: 'redis_list',
  set: 'redis_set_members',
  zset: 'redis_sorted_set',
  stream: 'redis_stream',
};

/** Throws ToolError unless the key exists and is of the type. */
export async function assertType(reader: RedisReader, key: ScopedKey, type: string): Promise<void> {
  const actual = await reader.type(key);
  if (actual === type) return;
  if (actual === 'none') throw new ToolError('not_found', `there is no key ${key}`);
  const other = TOOL_OF[actual];
  throw new ToolError(
    'query_failed',
    `${key} is a ${actual}, not a ${type}${other ? `; use ${other}` : ', which no tool reads'}`,
  );
}

/** Most bytes that one command may bring from the server, far above what a result can show. */
const MOST_FETCHED_BYTES = 8 * 1024 * 1024;
/** What one element of an unevenly filled collection may weigh. */
const MOST_IN_ONE_ELEMENT = 32 * 1024 * 1024;
/** Up to so many elements, memory is counted exactly; beyond, the server's estimate has to do. */
const COUNTED_ELEMENTS = 1_000;

/**
 * How many elements of a collection may be fetched at once, so that huge ones do not fill this process.
 * Throws ToolError('result_too_large') when a single element is likely to be too large.
 */
export async function affordable(
  reader: RedisReader,
  key: ScopedKey,
  length: number,
  wanted: number,
): Promise<number> {
  const total = await reader.memory(key, length <= COUNTED_ELEMENTS ? 'all' : 'few');
  if (total <= MOST_FETCHED_BYTES || length === 0) return wanted;
  const each = Math.floor(MOST_FETCHED_BYTES / (total / length));
  const mayHideAHugeOne = length <= COUNTED_ELEMENTS && total > MOST_IN_ONE_ELEMENT;
  if (each < 1 || mayHideAHugeOne)
    throw new ToolError(
      'result_too_large',
      `${key} has ${length} elements in ${total} bytes of memory: too large to fetch its elements`,
    );
  return Math.min(wanted, each);
}
