import type { ScopedGroup, ScopedTopic } from './scope.ts';

/** One partition of a topic, as the cluster's metadata has it. */
export interface PartitionState {
  readonly partition: number;
  /** Node number of the leader; -1 while there is none. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly offline: readonly number[];
}

export interface TopicState {
  readonly name: string;
  /** The cluster's identifier of this very topic; another one once it was deleted and made again. */
  readonly id: string;
  /** By number. */
  readonly partitions: readonly PartitionState[];
}

export interface ConfigEntry {
  readonly name: string;
  /** Null where the broker calls it sensitive. */
  readonly value: string | null;
  readonly source: 'topic' | 'broker' | 'default' | 'unknown';
  readonly readOnly: boolean;
  readonly isSensitive: boolean;
  /** The value that would be in effect without the topic's own; null where the broker does not say. */
  readonly inherited: string | null;
}

/** Where an offset lookup ended, for each partition that has a leader: null where no message is that late. */
export type OffsetsByPartition = ReadonlyMap<number, number | null>;

/** What a lookup of offsets asks for: the first, the one after the last, or the first since a time in Unix ms. */
export type OffsetQuestion = 'earliest' | 'latest' | number;

export interface GroupListing {
  readonly name: string;
  readonly state: string;
  readonly protocolType: string;
}

export interface GroupMember {
  readonly id: string;
  readonly instance: string | null;
  readonly clientId: string;
  readonly host: string;
  /** Topics outside the scope are left out. */
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}

export interface GroupState {
  readonly name: string;
  /** `Stable`, `Empty`, `PreparingRebalance` ...; `Dead` where there is no such group. */
  readonly state: string;
  readonly protocolType: string;
  readonly assignor: string;
  readonly members: readonly GroupMember[];
}

export interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string | null;
}

export interface KafkaRecord {
  readonly offset: number;
  /** Unix ms. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The first of them; a message may have any number. */
  readonly headers: readonly (readonly [Buffer, Buffer | null])[];
  readonly headerCount: number;
}

export interface FetchPosition {
  readonly partition: number;
  readonly offset: number;
  /** Most messages to unpack. */
  readonly most: number;
}

/** What one fetch brought. */
export interface Fetched {
  readonly records: readonly KafkaRecord[];
  /** Where the next fetch goes on; the asked offset where nothing came. */
  readonly next: number;
  /** Bytes that the broker sent, or that they became where that is more. */
  readonly bytes: number;
  /** Whether a quota held everything back. */
  readonly isThrottled: boolean;
}

/** What a way back does that an account may be kept from, in the words of Kafka's ACLs. */
export type Operation = 'Read' | 'Create' | 'Delete' | 'AlterConfigs';
/** The operations that an account may do to one topic or group. */
export type Operations = Pick<ReadonlySet<Operation>, 'has'>;

/** A cluster as one target sees it: topics and groups outside the scope are in no answer. Every call throws ToolError. */
export interface KafkaReader {
  topics(signal: AbortSignal): Promise<readonly TopicState[]>;
  /** Undefined where there is no such topic. Never makes one. */
  topic(topic: ScopedTopic, signal: AbortSignal): Promise<TopicState | undefined>;
  /** Every setting, or those named. Undefined where there is no such topic. */
  config(
    topic: ScopedTopic,
    names: readonly string[] | null,
    signal: AbortSignal,
  ): Promise<readonly ConfigEntry[] | undefined>;
  /** @param partitions of `state`; all of them if absent */
  offsets(
    state: TopicState,
    question: OffsetQuestion,
    signal: AbortSignal,
    partitions?: readonly number[],
  ): Promise<OffsetsByPartition>;
  groups(signal: AbortSignal): Promise<readonly GroupListing[]>;
  group(group: ScopedGroup, signal: AbortSignal): Promise<GroupState>;
  /** Committed offsets of topics inside the scope. */
  committed(group: ScopedGroup, signal: AbortSignal): Promise<readonly CommittedOffset[]>;
  /** What the account may do to a topic. Undefined where there is none of the name, or the cluster does not say. */
  topicOperations(topic: ScopedTopic, signal: AbortSignal): Promise<Operations | undefined>;
  /** What the account may do to a group, there or not. Undefined where the cluster does not say. */
  groupOperations(group: ScopedGroup, signal: AbortSignal): Promise<Operations | undefined>;
  /** Reads from one offset on, without a group and without a commit. */
  fetch(state: TopicState, position: FetchPosition, signal: AbortSignal): Promise<Fetched>;
}

export interface NewTopic {
  readonly partitions: number;
  /** -1 leaves it to the cluster. */
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
}

/** One setting to write; null takes the topic's own value away. */
export type ConfigChange = readonly [name: string, value: string | null];

export interface NewMessage {
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers: readonly (readonly [string, Buffer])[];
}

/** A session of one granted write. `outcome_unknown` is thrown where a write may have happened. */
export interface KafkaWriter extends KafkaReader {
  /** Answers with the identifier of the new topic. */
  createTopic(topic: ScopedTopic, wanted: NewTopic, signal: AbortSignal): Promise<string>;
  /** Deletes the very topic that was looked at, not one made again under its name. */
  deleteTopic(state: TopicState, signal: AbortSignal): Promise<void>;
  alterConfig(topic: ScopedTopic, changes: readonly ConfigChange[], signal: AbortSignal): Promise<void>;
  /** @param total partitions that the topic has afterwards */
  addPartitions(topic: ScopedTopic, total: number, signal: AbortSignal): Promise<void>;
  /** Which partition the key goes to, as Kafka's own clients choose it. */
  partitionOf(key: Buffer, partitions: number): number;
  /** Answers with the offset of the new message. */
  produce(state: TopicState, partition: number, message: NewMessage, signal: AbortSignal): Promise<number>;
  commit(
    group: ScopedGroup,
    topic: ScopedTopic,
    offsets: readonly Omit<CommittedOffset, 'topic'>[],
    signal: AbortSignal,
  ): Promise<void>;
  forget(
    group: ScopedGroup,
    topic: ScopedTopic,
    partitions: readonly number[],
    signal: AbortSignal,
  ): Promise<void>;
}
