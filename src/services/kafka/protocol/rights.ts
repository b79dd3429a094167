import { describeGroupsV5 } from '@platformatic/kafka';
import type { Operation, Operations } from '../client.ts';
import type { ScopedGroup, ScopedTopic } from '../scope.ts';
import type { Cluster } from './cluster.ts';
import { coordinatorOf } from './groups.ts';

/**
 * Number of each operation, which is the bit that stands for it.
 * @see https://github.com/apache/kafka/blob/3.9/clients/src/main/java/org/apache/kafka/common/acl/AclOperation.java
 */
const BITS: Readonly<Record<Operation, number>> = { Read: 3, Create: 5, Delete: 6, AlterConfigs: 11 };
/** What a broker answers that was not asked, or does not say. */
const NOT_TOLD = -2147483648;

/** What the account may do to a topic; undefined where there is none, or the cluster does not say. */
export async function topicOperations(
  cluster: Cluster,
  { name }: ScopedTopic,
  signal: AbortSignal,
): Promise<Operations | undefined> {
  const { topics } = await cluster.metadata([name], signal, true);
  const found = topics.find((topic) => topic.name === name);
  return found?.errorCode === 0 ? operationsOf(found.topicAuthorizedOperations) : undefined;
}

/** What the account may do to a group; undefined where the cluster does not say. */
export async function groupOperations(
  cluster: Cluster,
  group: ScopedGroup,
  signal: AbortSignal,
): Promise<Operations | undefined> {
  const broker = await coordinatorOf(cluster, group, signal);
  const { groups } = await broker.askForParts(describeGroupsV5.api, [[group.name], true], signal);
  const found = groups.find(({ groupId }) => groupId === group.name);
  return found?.errorCode === 0 ? operationsOf(found.authorizedOperations) : undefined;
}

const operationsOf = (bits: number): Operations | undefined =>
  bits === NOT_TOLD ? undefined : { has: (operation) => (bits & (1 << BITS[operation])) !== 0 };
