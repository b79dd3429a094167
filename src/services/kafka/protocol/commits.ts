import { offsetCommitV8, offsetDeleteV0 } from '@platformatic/kafka';
import type { CommittedOffset } from '../client.ts';
import type { ScopedGroup, ScopedTopic } from '../scope.ts';
import type { Cluster } from './cluster.ts';
import { coordinatorOf } from './groups.ts';

/** A commit from outside the group. The broker takes it only while the group has no member. */
const NO_GENERATION = -1;
const NO_MEMBER = '';
const NO_INSTANCE = null;

/** Commits offsets of a group. Throws ToolError('conflict') while the group has members. */
export async function commitOffsets(
  cluster: Cluster,
  group: ScopedGroup,
  { name }: ScopedTopic,
  offsets: readonly Omit<CommittedOffset, 'topic'>[],
  signal: AbortSignal,
): Promise<void> {
  const broker = await coordinatorOf(cluster, group, signal);
  const partitions = offsets.map(({ partition, offset, leaderEpoch, metadata }) => ({
    partitionIndex: partition,
    committedOffset: BigInt(offset),
    committedLeaderEpoch: leaderEpoch,
    committedMetadata: metadata,
  }));
  const topics = [{ name, partitions }];
  await broker.ask(offsetCommitV8.api, [group.name, NO_GENERATION, NO_MEMBER, NO_INSTANCE, topics], signal);
}

/** Deletes commits of a group. Throws ToolError('conflict') while a member is subscribed to the topic. */
export async function deleteOffsets(
  cluster: Cluster,
  group: ScopedGroup,
  { name }: ScopedTopic,
  partitions: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const broker = await coordinatorOf(cluster, group, signal);
  const topic = { name, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) };
  await broker.ask(offsetDeleteV0.api, [group.name, [topic]], signal);
}
