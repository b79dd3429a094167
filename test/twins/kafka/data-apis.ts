import { type Api, type Call, ERROR } from './request.ts';
import { Out, Violation } from './wire.ts';

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/ProduceRequest.json */
export const produce: Api = {
  key: 0,
  name: 'Produce',
  versions: [7, 7],
  // librdkafka writes batches only to brokers that knew them from the start.
  advertisedFrom: 3,
  flexibleFrom: 9,
  handle(call) {
    const { body, note } = call;
    if (body.nullable(false) !== null) throw new Violation('a transaction');
    const acks = body.int16();
    body.int32();
    const topics = body.list(false, () => ({
      name: body.string(false),
      partitions: body.list(false, () => ({ index: body.int32(), records: body.bytes(false) })),
    }));
    note({
      acks,
      topics: topics.map(({ name, partitions }) => [name, partitions.map(({ index }) => index)]),
    });
    const out = new Out();
    out.array(topics, false, ({ name, partitions }) => {
      out.string(name, false).array(partitions, false, ({ index, records }) => {
        const { code, base } = append(call, name, index, records);
        out.int32(index).int16(code).int64(base).int64(-1).int64(0);
      });
    });
    return out.int32(0);
  },
};

function append({ state, node, code }: Call, topic: string, index: number, records: Buffer) {
  const found = state.partition(topic, index);
  const most = Number(state.topics.get(topic)?.config.get('max.message.bytes') ?? 1_048_588);
  if (code !== 0) return { code, base: -1 };
  if (!found) return { code: ERROR.UNKNOWN_TOPIC, base: -1 };
  if (found.leader !== node) return { code: ERROR.NOT_LEADER, base: -1 };
  if (records.length > most) return { code: ERROR.MESSAGE_TOO_LARGE, base: -1 };
  return { code: 0, base: found.log.append(records) };
}

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/FetchRequest.json */
export const fetch: Api = {
  key: 1,
  name: 'Fetch',
  versions: [11, 11],
  advertisedFrom: 4,
  flexibleFrom: 12,
  handle(call) {
    const { body, note } = call;
    if (body.int32() !== -1) throw new Violation('a client that claims to be a replica');
    const maxWait = body.int32();
    const minBytes = body.int32();
    body.int32(); // max_bytes
    body.int8(); // isolation_level
    body.int32(); // session_id
    body.int32(); // session_epoch
    const topics = body.list(false, () => ({ name: body.string(false), partitions: partitionsOf(call) }));
    if (body.list(false, () => 0).length > 0) throw new Violation('forgotten topics without a session');
    body.string(false); // rack_id
    note({ topics, maxWait, minBytes });
    // What a quota holds back is answered without a topic: KIP-219.
    const throttle = call.state.fetchThrottleMs;
    const out = new Out().int32(throttle).int16(0).int32(0);
    return out.array(throttle > 0 ? [] : topics, false, ({ name, partitions }) => {
      out.string(name, false).array(partitions, false, ({ index, offset, most }) => {
        const { code, high, records } = read(call, name, index, offset, most);
        out
          .int32(index)
          .int16(code)
          .int64(high)
          .int64(high)
          .int64(0)
          .int32(-1)
          .int32(-1)
          .bytes(records, false);
      });
    });
  },
};

const partitionsOf = ({ body }: Call) =>
  body.list(false, () => {
    const index = body.int32();
    body.int32(); // current_leader_epoch
    const offset = Number(body.int64());
    body.int64(); // log_start_offset
    return { index, offset, most: body.int32() };
  });

function read({ state, node, code }: Call, topic: string, index: number, offset: number, most: number) {
  const found = state.partition(topic, index);
  const none = { high: -1, records: Buffer.alloc(0) };
  if (code !== 0) return { code, ...none };
  if (!found) return { code: ERROR.UNKNOWN_TOPIC, ...none };
  if (found.leader !== node) return { code: ERROR.NOT_LEADER, ...none };
  const { log } = found;
  if (offset < log.earliest || offset > log.latest) return { code: ERROR.OFFSET_OUT_OF_RANGE, ...none };
  return { code: 0, high: log.latest, records: log.read(offset, most) };
}

/** @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/ListOffsetsRequest.json */
export const listOffsets: Api = {
  key: 2,
  name: 'ListOffsets',
  versions: [1, 5],
  flexibleFrom: 6,
  handle(call) {
    const { body, version, note } = call;
    if (body.int32() !== -1) throw new Violation('a client that claims to be a replica');
    if (version >= 2) body.int8(); // isolation_level
    const topics = body.list(false, () => ({
      name: body.string(false),
      partitions: body.list(false, () => {
        const index = body.int32();
        if (version >= 4) body.int32(); // current_leader_epoch
        return { index, time: Number(body.int64()) };
      }),
    }));
    note({ topics });
    const out = version >= 2 ? new Out().int32(0) : new Out();
    return out.array(topics, false, ({ name, partitions }) => {
      out.string(name, false).array(partitions, false, ({ index, time }) => {
        const { code, offset } = lookUp(call, name, index, time);
        out.int32(index).int16(code).int64(-1).int64(offset);
        if (version >= 4) out.int32(0);
      });
    });
  },
};

function lookUp({ state, node, code }: Call, topic: string, index: number, time: number) {
  const found = state.partition(topic, index);
  if (code !== 0) return { code, offset: -1 };
  if (!found) return { code: ERROR.UNKNOWN_TOPIC, offset: -1 };
  if (found.leader !== node) return { code: ERROR.NOT_LEADER, offset: -1 };
  const { log } = found;
  const offset = time === -1 ? log.latest : time === -2 ? log.earliest : log.since(time);
  return { code: 0, offset };
}
