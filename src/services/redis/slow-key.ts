import { type Bytes, toBytes } from './bytes.ts';
import { beginsWith } from './prefix.ts';

/** Commands whose first argument is a key. Of any other command no argument is ever shown. */
const FIRST_IS_KEY: ReadonlySet<string> = new Set(
  `get set setnx setex psetex getset getdel getex append strlen setrange getrange incr decr incrby decrby
  incrbyfloat expire pexpire expireat pexpireat expiretime pexpiretime ttl pttl persist type dump restore
  hset hget hmset hmget hgetall hkeys hvals hlen hdel hexists hincrby hincrbyfloat hsetnx hscan hstrlen
  hrandfield lpush rpush lpop rpop llen lrange lindex linsert lset lrem ltrim lpos lpushx rpushx sadd srem
  smembers sismember smismember scard spop srandmember sscan zadd zrem zscore zmscore zrange zrangebyscore
  zrevrange zrevrangebyscore zrank zrevrank zcard zcount zincrby zpopmin zpopmax zscan zremrangebyrank
  zremrangebyscore zremrangebylex zrangebylex zlexcount xadd xlen xrange xrevrange xdel xtrim xack xclaim
  xautoclaim xpending setbit getbit bitcount bitpos bitfield pfadd geoadd geopos geodist geohash geosearch
  del unlink exists touch sort watch`.split(/\s+/),
);

export const OUTSIDE = '(outside the link)';

/** The name of a command as a slow log has it; anything that is not a plain word stays hidden. */
export const commandName = (word: Buffer | undefined): string => {
  const name = word?.toString('latin1') ?? '';
  return /^[A-Za-z][A-Za-z_.|-]{0,31}$/.test(name) ? name.toUpperCase() : '(unnamed)';
};

/**
 * The key that a logged command worked on, if the caller's links reach it. Other keys are masked, and so are
 * all other words, since values and scripts stand there. Null for a command without a key as first argument.
 */
export function slowKey(words: readonly Buffer[], prefixes: readonly Buffer[]): Bytes | null {
  const [command, key] = words;
  if (!command || !key || !FIRST_IS_KEY.has(command.toString('latin1').toLowerCase())) return null;
  return prefixes.some((prefix) => beginsWith(key, prefix)) ? toBytes(key) : OUTSIDE;
}
