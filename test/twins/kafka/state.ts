import { randomBytes } from 'node:crypto';
import { PartitionLog } from './log.ts';

export interface TwinPartition {
  leader: number;
  replicas: number[];
  isr: number[];
  readonly log: PartitionLog;
}
export interface TwinTopic {
  id: string;
  partitions: TwinPartition[];
  readonly config: Map<string, string>;
  isInternal: boolean;
}
export interface TwinMember {
  readonly id: string;
  readonly clientId: string;
  readonly host: string;
  readonly assigned: Readonly<Record<string, readonly number[]>>;
}
export interface TwinGroup {
  state: string;
  /** `consumer` groups of the newer protocol are known to ConsumerGroupDescribe alone. */
  readonly kind: 'classic' | 'consumer';
  members: TwinMember[];
  /** By `topic partition`. */
  readonly commits: Map<string, { offset: bigint; epoch: number; metadata: string | null }>;
}

/** Defaults of the settings that the twin knows; it refuses all others, as a broker does. */
export const DEFAULTS: Readonly<Record<string, string>> = {
  'retention.ms': '604800000',
  'retention.bytes': '-1',
  'cleanup.policy': 'delete',
  'min.insync.replicas': '1',
  'max.message.bytes': '1048588',
  'compression.type': 'producer',
  'segment.ms': '604800000',
  'segment.bytes': '1073741824',
  'delete.retention.ms': '86400000',
  'min.compaction.lag.ms': '0',
  'max.compaction.lag.ms': '9223372036854775807',
  'message.timestamp.type': 'CreateTime',
};

export const NOT_TOLD = -2147483648;
/**
 * The operations that there are for each kind of resource, by their numbers.
 * @see https://github.com/apache/kafka/blob/3.9/clients/src/main/java/org/apache/kafka/common/acl/AclOperation.java
 */
const OPERATIONS = {
  topic: {
    Read: 3,
    Write: 4,
    Create: 5,
    Delete: 6,
    Alter: 7,
    Describe: 8,
    DescribeConfigs: 10,
    AlterConfigs: 11,
  },
  group: { Read: 3, Delete: 6, Describe: 8 },
} as const;

/** A cluster's state: what its brokers agree on. */
export class ClusterState {
  readonly topics = new Map<string, TwinTopic>();
  readonly groups = new Map<string, TwinGroup>();
  readonly nodes: readonly number[];
  controller: number;
  /** What the authorizer of a test takes from the account: `topic orders Delete`, `group billing Read`. */
  readonly denied = new Set<string>();
  /** Set where the cluster does not say what an account may do. */
  isSilentOnRights = false;
  /** Milliseconds for which a quota holds back every fetch; 0 for none. */
  fetchThrottleMs = 0;

  constructor(nodes: readonly number[]) {
    this.nodes = nodes;
    this.controller = nodes[0] ?? 0;
  }

  /** Whether the account may do something to a topic or group. */
  may(kind: 'topic' | 'group', name: string, operation: string): boolean {
    return !this.denied.has(`${kind} ${name} ${operation}`);
  }

  /** What a broker that is asked says the account may do: a bit for each operation. */
  operations(kind: 'topic' | 'group', name: string): number {
    if (this.isSilentOnRights) return NOT_TOLD;
    const may = Object.entries(OPERATIONS[kind]).filter(([operation]) => this.may(kind, name, operation));
    return may.reduce((bits, [, bit]) => bits | (1 << bit), 0);
  }

  create(name: string, partitions: number, config: Readonly<Record<string, string>> = {}): TwinTopic {
    const topic: TwinTopic = {
      id: randomBytes(16).toString('hex'),
      partitions: [],
      config: new Map(Object.entries(config)),
      isInternal: name === '__consumer_offsets',
    };
    this.topics.set(name, topic);
    this.grow(topic, partitions);
    return topic;
  }

  grow(topic: TwinTopic, total: number): void {
    for (let at = topic.partitions.length; at < total; at += 1) {
      const leader = this.nodes[at % this.nodes.length] ?? 0;
      topic.partitions.push({ leader, replicas: [leader], isr: [leader], log: new PartitionLog() });
    }
  }

  group(name: string, state = 'Empty', kind: TwinGroup['kind'] = 'classic'): TwinGroup {
    const group: TwinGroup = { state, kind, members: [], commits: new Map() };
    this.groups.set(name, group);
    return group;
  }

  commit(group: string, topic: string, partition: number, offset: number): void {
    const found = this.groups.get(group) ?? this.group(group);
    found.commits.set(`${topic} ${partition}`, { offset: BigInt(offset), epoch: -1, metadata: '' });
  }

  /** The broker that keeps a group. */
  coordinator(group: string): number {
    const sum = [...Buffer.from(group)].reduce((a, b) => a + b, 0);
    return this.nodes[sum % this.nodes.length] ?? 0;
  }

  partition(topic: string, partition: number): TwinPartition | undefined {
    return this.topics.get(topic)?.partitions[partition];
  }

  /** All that a test compares, without what brokers give by themselves. */
  snapshot(): unknown {
    return {
      topics: [...this.topics].sort().map(([name, { id, partitions, config }]) => ({
        name,
        id,
        config: Object.fromEntries([...config].sort()),
        ends: partitions.map(({ log }) => [log.earliest, log.latest]),
      })),
      groups: [...this.groups].sort().map(([name, { state, commits }]) => ({
        name,
        state,
        commits: [...commits].map(([at, { offset, metadata }]) => [at, String(offset), metadata]).sort(),
      })),
    };
  }
}
