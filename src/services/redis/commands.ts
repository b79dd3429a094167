/**
 * Every command that reading may send, in the notation of Redis' access control lists.
 *
 * One list for three uses: the type of what a reader can ask for, the check before the bytes leave, and the
 * ACL line that an operator is advised to give. None of them changes anything at the server.
 */
export const READ_COMMANDS = [
  'ping',
  'type',
  'pttl',
  'strlen',
  'getrange',
  'memory|usage',
  'object|encoding',
  'scan',
  'hlen',
  'hstrlen',
  'hmget',
  'hscan',
  'llen',
  'lrange',
  'scard',
  'sscan',
  'zcard',
  'zrange',
  'xlen',
  'xrange',
  'xinfo|groups',
  'info',
  'slowlog|get',
  'slowlog|len',
  'memory|stats',
  'memory|doctor',
  'client|list',
] as const;
export type ReadCommand = (typeof READ_COMMANDS)[number];

/** Every command that a writing session may send: what changes keys, and what captures them before. */
export const WRITE_COMMANDS = [
  'time',
  'watch',
  'multi',
  'exec',
  'type',
  'pttl',
  'memory|usage',
  'dump',
  'get',
  'hgetall',
  'smembers',
  'set',
  'del',
  'pexpireat',
  'persist',
  'hset',
  'restore',
] as const;
export type WriteCommand = (typeof WRITE_COMMANDS)[number];

/** Gives the exact expiry; Redis before 7.0 does not know it, so its absence is borne. */
export const OPTIONAL_WRITE_COMMAND = 'pexpiretime';

export type RedisCommand = ReadCommand | WriteCommand | typeof OPTIONAL_WRITE_COMMAND;
