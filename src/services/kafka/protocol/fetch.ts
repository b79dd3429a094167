import { createAPI, type Reader, Writer } from '@platformatic/kafka';

interface Question {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** The broker sends one batch at least, even if that is larger. */
  readonly bytes: number;
}
interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly code: number;
  /** Record batches as the log has them, the last one maybe cut. */
  readonly batches: Buffer;
}

interface FetchAnswer {
  /** An answer that a quota holds back is empty, and not even names the topic. */
  readonly isThrottled: boolean;
  readonly partitions: readonly FetchedPartition[];
}

/**
 * Milliseconds that a broker may wait for a segment that it keeps in remote storage. For nothing else: with no least
 * number of bytes it answers with what is there.
 */
const MAX_WAIT_MS = 2_000;
const READ_UNCOMMITTED = 0;

/**
 * Fetch, version 11: the last that names topics by name and is known to all brokers since 2.3. Its batches are left
 * as bytes, so that none is unpacked before its size is known.
 *
 * @see https://kafka.apache.org/protocol#The_Messages_Fetch
 */
export const fetchRecords = createAPI<[Question], FetchAnswer>(1, 11, request, parse, false, false);

function request({ topic, partition, offset, bytes }: Question): Writer {
  return Writer.create()
    .appendInt32(-1) // replica_id
    .appendInt32(MAX_WAIT_MS)
    .appendInt32(0) // min_bytes
    .appendInt32(bytes)
    .appendInt8(READ_UNCOMMITTED)
    .appendInt32(0) // session_id
    .appendInt32(-1) // session_epoch: no session
    .appendInt32(1)
    .appendString(topic, false)
    .appendInt32(1)
    .appendInt32(partition)
    .appendInt32(-1) // current_leader_epoch
    .appendInt64(offset)
    .appendInt64(-1n) // log_start_offset
    .appendInt32(bytes)
    .appendInt32(0) // forgotten_topics_data
    .appendString('', false); // rack_id
}

function parse(_correlation: number, _key: number, _version: number, reader: Reader): FetchAnswer {
  const throttleMs = reader.readInt32();
  const failure = reader.readInt16();
  reader.readInt32(); // session_id
  const topics = reader.readArray(
    () => {
      const topic = reader.readString(false);
      return reader.readArray(() => partitionOf(topic, failure, reader), false, false);
    },
    false,
    false,
  );
  const partitions = topics.flat();
  return { isThrottled: throttleMs > 0 && partitions.length === 0, partitions };
}

function partitionOf(topic: string, failure: number, reader: Reader): FetchedPartition {
  const partition = reader.readInt32();
  const code = reader.readInt16() || failure;
  reader.readInt64(); // high_watermark
  reader.readInt64(); // last_stable_offset
  reader.readInt64(); // log_start_offset
  reader.readArray(() => [reader.readInt64(), reader.readInt64()], false, false); // aborted_transactions
  reader.readInt32(); // preferred_read_replica
  return { topic, partition, code, batches: reader.readNullableBytes(false) ?? Buffer.alloc(0) };
}
