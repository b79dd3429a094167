import { createAPI, type Reader, Writer } from '@platformatic/kafka';
import type { GroupMember } from '../client.ts';

export interface NewerGroup {
  readonly code: number;
  readonly name: string;
  readonly state: string;
  readonly assignor: string;
  readonly members: readonly GroupMember[];
}

/**
 * ConsumerGroupDescribe, version 0, of which the driver reads the members wrongly.
 * @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/ConsumerGroupDescribeResponse.json
 */
export const consumerGroupDescribe = createAPI<[group: string], NewerGroup[]>(69, 0, request, parse);

function request(group: string): Writer {
  return Writer.create()
    .appendArray([group], (w, name) => w.appendString(name), true, false)
    .appendBoolean(false) // include_authorized_operations
    .appendTaggedFields();
}

function parse(_correlation: number, _key: number, _version: number, reader: Reader): NewerGroup[] {
  reader.readInt32(); // throttle_time_ms
  return reader.readArray((r) => {
    const code = r.readInt16();
    r.readNullableString(); // error_message
    const name = r.readString();
    const state = r.readString();
    r.readInt32(); // group_epoch
    r.readInt32(); // assignment_epoch
    const assignor = r.readString();
    const members = r.readArray(memberOf);
    r.readInt32(); // authorized_operations
    return { code, name, state, assignor, members };
  });
}

function memberOf(r: Reader): GroupMember {
  const id = r.readString();
  const instance = r.readNullableString();
  r.readNullableString(); // rack_id
  r.readInt32(); // member_epoch
  const clientId = r.readString();
  const host = r.readString();
  r.readArray(() => r.readString(), true, false); // subscribed_topic_names
  r.readNullableString(); // subscribed_topic_regex
  const topics = topicsOf(r);
  topicsOf(r); // target_assignment
  return { id, instance, clientId, host, topics };
}

function topicsOf(r: Reader): GroupMember['topics'] {
  const topics = r.readArray(() => {
    r.readUUID();
    return { topic: r.readString(), partitions: r.readArray(() => r.readInt32(), true, false) };
  });
  r.readTaggedFields();
  return topics;
}
