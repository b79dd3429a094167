import { describeGroupsV5, findCoordinatorV4, listGroupsV4, offsetFetchV8 } from '@platformatic/kafka';
import type { CommittedOffset, GroupListing, GroupMember, GroupState } from '../client.ts';
import type { ScopedGroup } from '../scope.ts';
import type { Broker } from './broker.ts';
import type { Cluster } from './cluster.ts';
import { consumerGroupDescribe } from './consumer-group-describe.ts';
import { assignmentOf } from './member-assignment.ts';
import { refusal, toNumber } from './refusal.ts';

type IsInside = (name: string) => boolean;
const GROUP_KEY = 0;
const NO_SUCH_GROUP = 69;
const COORDINATOR_NOT_AVAILABLE = 15;
const NO_COMMIT = -1;
const DEAD = 'Dead';

/** The broker that keeps a group. */
export async function coordinatorOf(
  cluster: Cluster,
  { name }: ScopedGroup,
  signal: AbortSignal,
): Promise<Broker> {
  const broker = await cluster.any(signal);
  const { coordinators } = await broker.askForParts(findCoordinatorV4.api, [GROUP_KEY, [name]], signal);
  const found = coordinators.find(({ key }) => key === name);
  if (found?.errorCode !== 0) throw refusal(found?.errorCode ?? COORDINATOR_NOT_AVAILABLE);
  return cluster.advertised(found, signal);
}

/** Every group that `isInside` leaves open: each broker knows those that it keeps. */
export async function listGroups(
  cluster: Cluster,
  isInside: IsInside,
  signal: AbortSignal,
): Promise<GroupListing[]> {
  const nodes = await cluster.nodes(signal);
  const answers = await Promise.all(
    nodes.map(async (node) => {
      const broker = await cluster.advertised(node, signal);
      return (await broker.ask(listGroupsV4.api, [[], []], signal)).groups;
    }),
  );
  return answers
    .flat()
    .flatMap(({ groupId, groupState, protocolType }) =>
      isInside(groupId) ? [{ name: groupId, state: groupState, protocolType }] : [],
    );
}

/** One group; its state is `Dead` where there is none of the name. */
export async function describeGroup(
  cluster: Cluster,
  group: ScopedGroup,
  isInside: IsInside,
  signal: AbortSignal,
): Promise<GroupState> {
  const broker = await coordinatorOf(cluster, group, signal);
  const { groups } = await broker.askForParts(describeGroupsV5.api, [[group.name], false], signal);
  const found = groups.find(({ groupId }) => groupId === group.name);
  if (found && found.errorCode !== 0 && found.errorCode !== NO_SUCH_GROUP) throw refusal(found.errorCode);
  if (found && found.errorCode === 0 && found.groupState !== DEAD) {
    const { groupState: state, protocolType, protocolData: assignor, members } = found;
    return {
      name: group.name,
      state,
      protocolType,
      assignor,
      members: members.map((one) => ({
        id: one.memberId,
        instance: one.groupInstanceId ?? null,
        clientId: one.clientId,
        host: one.clientHost,
        topics: inside(protocolType === 'consumer' ? assignmentOf(one.memberAssignment) : [], isInside),
      })),
    };
  }
  // A group of the newer protocol is unknown to the older request.
  const newer = broker.knows(consumerGroupDescribe)
    ? await describeNewer(broker, group, isInside, signal)
    : undefined;
  return newer ?? { name: group.name, state: DEAD, protocolType: '', assignor: '', members: [] };
}

async function describeNewer(
  broker: Broker,
  group: ScopedGroup,
  isInside: IsInside,
  signal: AbortSignal,
): Promise<GroupState | undefined> {
  const groups = await broker.ask(consumerGroupDescribe, [group.name], signal);
  const found = groups.find(({ name }) => name === group.name);
  if (!found || found.code === NO_SUCH_GROUP) return undefined;
  if (found.code !== 0) throw refusal(found.code);
  const members = found.members.map((one) => ({ ...one, topics: inside(one.topics, isInside) }));
  return {
    name: group.name,
    state: found.state,
    protocolType: 'consumer',
    assignor: found.assignor,
    members,
  };
}

const inside = (topics: GroupMember['topics'], isInside: IsInside): GroupMember['topics'] =>
  topics.filter(({ topic }) => isInside(topic));

/** What a group has committed, of topics that `isInside` leaves open. */
export async function committedOffsets(
  cluster: Cluster,
  group: ScopedGroup,
  isInside: IsInside,
  signal: AbortSignal,
): Promise<CommittedOffset[]> {
  const broker = await coordinatorOf(cluster, group, signal);
  const question = { groupId: group.name, memberEpoch: -1, topics: null };
  const { groups } = await broker.askForParts(offsetFetchV8.api, [[question], false], signal);
  const found = groups.find(({ groupId }) => groupId === group.name);
  if (!found || found.errorCode === NO_SUCH_GROUP) return [];
  if (found.errorCode !== 0) throw refusal(found.errorCode);
  return found.topics
    .filter(({ name }) => isInside(name))
    .flatMap(({ name, partitions }) =>
      partitions.map((one) => {
        if (one.errorCode !== 0) throw refusal(one.errorCode);
        return {
          topic: name,
          partition: one.partitionIndex,
          offset: toNumber(one.committedOffset),
          leaderEpoch: one.committedLeaderEpoch,
          metadata: one.metadata ?? null,
        };
      }),
    )
    .filter(({ offset }) => offset !== NO_COMMIT);
}
