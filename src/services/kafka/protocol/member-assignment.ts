import { Reader } from '@platformatic/kafka';
import type { GroupMember } from '../client.ts';

/**
 * Topics and partitions out of what a consumer group's leader gave a member. A member without any has no bytes, and
 * bytes that are no assignment yield nothing: clients may put there what they like.
 *
 * @see https://github.com/apache/kafka/blob/3.9/clients/src/main/resources/common/message/ConsumerProtocolAssignment.json
 */
export function assignmentOf(bytes: Buffer): GroupMember['topics'] {
  if (bytes.length === 0) return [];
  try {
    const reader = Reader.from(bytes);
    reader.readInt16();
    return reader.readArray(
      (r) => ({ topic: r.readString(false), partitions: r.readArray(() => r.readInt32(), false, false) }),
      false,
      false,
    );
  } catch {
    return [];
  }
}
