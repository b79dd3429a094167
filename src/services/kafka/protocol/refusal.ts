import { type ErrorCode, ToolError } from '../../../toolset/errors.ts';

type Meaning = readonly [ErrorCode, string];

const ACTIVE: Meaning = ['conflict', 'the group has members at work; stop its consumers first'];
const MOVING: Meaning = ['backend_failed', 'the cluster is choosing a leader or coordinator; try again'];
const DENIED = 'does not let the component’s account do this; `stackward check` prints the rights it needs';

/**
 * Kafka's error codes, in our words: its own messages could quote what the link does not reach.
 * @see https://kafka.apache.org/protocol#protocol_error_codes
 */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  1: ['query_failed', 'the offset is outside what the partition holds; kafka_offsets says what it does'],
  2: ['backend_failed', 'the broker found a message corrupt'],
  3: ['not_found', 'there is no such topic or partition'],
  5: MOVING,
  6: MOVING,
  7: ['timeout', 'the broker did not finish in time'],
  8: MOVING,
  9: MOVING,
  10: ['query_failed', 'the message is larger than the topic takes; nothing was written'],
  14: MOVING,
  15: MOVING,
  16: MOVING,
  17: ['invalid_arguments', 'the broker does not take this name for a topic'],
  18: ['query_failed', 'the message is larger than the topic takes; nothing was written'],
  19: ['backend_failed', 'too few replicas are in sync to take a write; nothing was written'],
  22: ACTIVE,
  24: ['invalid_arguments', 'the broker does not take this name for a group'],
  25: ACTIVE,
  27: ACTIVE,
  29: ['permission_denied', `the topic: the broker ${DENIED}`],
  30: ['permission_denied', `the group: the broker ${DENIED}`],
  31: ['permission_denied', `the cluster: the broker ${DENIED}`],
  33: ['login_failed', 'the broker does not offer this SASL mechanism'],
  34: ['login_failed', 'the broker asks for a login in another order; check sasl'],
  35: ['backend_failed', 'the broker is too old or too new for this request'],
  36: ['conflict', 'the topic is there already; nothing was changed'],
  37: ['query_failed', 'the broker does not take this number of partitions; a topic can only get more'],
  38: ['query_failed', 'the cluster has too few brokers for this replication factor'],
  40: ['query_failed', 'the broker does not know one of the settings, or not this value of it'],
  41: MOVING,
  42: ['query_failed', 'the broker found the request wrong'],
  44: ['query_failed', 'a policy of the cluster forbids it'],
  56: ['backend_failed', 'the broker cannot read its disk'],
  58: ['login_failed', 'the broker refused user or password; check the component’s credentials'],
  60: ['conflict', 'the topic’s partitions are being moved; try again later'],
  68: ACTIVE,
  69: ['not_found', 'there is no such group'],
  73: ['query_failed', 'the cluster has deleting topics switched off'],
  86: ['conflict', 'a consumer of the group is subscribed to the topic; stop it first'],
  87: ['query_failed', 'the topic does not take this message; a compacted one needs a key'],
  89: ['too_busy', 'the cluster limits how often it is changed; try again later'],
  100: ['conflict', 'the topic was deleted, or deleted and made again, since it was looked at'],
  110: ACTIVE,
  113: ACTIVE,
};

/**
 * Codes with which a write may have happened: an unknown failure, a timeout, an append that too few replicas have, and
 * one whose leader, coordinator, controller or disk was lost while it waited for the replicas, which may keep it.
 */
const UNDECIDED: ReadonlySet<number> = new Set([-1, 6, 7, 13, 15, 16, 20, 41, 56]);

/** What an error code of a broker means. `isWrite` if the request may have changed something. */
export function refusal(code: number, isWrite = false): ToolError {
  if (isWrite && UNDECIDED.has(code))
    return new ToolError(
      'outcome_unknown',
      `the broker answered a write with code ${code}; look before doing it again`,
    );
  const known = MEANINGS[code];
  return known
    ? new ToolError(...known)
    : new ToolError('backend_failed', `the broker answered with code ${code}`);
}

/** A number of the protocol that JSON can hold. Throws ToolError for one that no real log reaches. */
export function toNumber(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new ToolError('backend_failed', 'the broker sent a number that is larger than a log can be');
}
