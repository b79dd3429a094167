import type { ClusterState } from './state.ts';
import type { In, Out } from './wire.ts';

/** Where a broker of the twin listens, and what it says of itself. */
export interface TwinNode {
  readonly id: number;
  /** As metadata and coordinators advertise it; a test may point it elsewhere. */
  host: string;
  port: number;
}

/** What a handler of one API sees of a request. */
export interface Call {
  readonly body: In;
  readonly version: number;
  /** The broker that was asked. */
  readonly node: number;
  readonly state: ClusterState;
  readonly nodes: readonly TwinNode[];
  /** An error code that a test put in the way of this API; 0 if none. */
  readonly code: number;
  /** Keeps what the request said, for the test. */
  note(detail: unknown): void;
}

export interface Api {
  readonly key: number;
  readonly name: string;
  readonly versions: readonly [least: number, most: number];
  /** What the broker says that it takes, where clients look for more than they use. */
  readonly advertisedFrom?: number;
  /** The first version with compact types and tagged fields. */
  readonly flexibleFrom: number;
  handle(call: Call): Out;
}

export const ERROR = {
  OFFSET_OUT_OF_RANGE: 1,
  UNKNOWN_TOPIC: 3,
  NOT_LEADER: 6,
  MESSAGE_TOO_LARGE: 10,
  NOT_COORDINATOR: 16,
  INVALID_TOPIC: 17,
  UNKNOWN_MEMBER: 25,
  TOPIC_EXISTS: 36,
  INVALID_PARTITIONS: 37,
  INVALID_REPLICATION: 38,
  INVALID_CONFIG: 40,
  NOT_CONTROLLER: 41,
  INVALID_REQUEST: 42,
  TOPIC_DENIED: 29,
  GROUP_DENIED: 30,
  GROUP_NOT_FOUND: 69,
  GROUP_SUBSCRIBED: 86,
  INVALID_RECORD: 87,
  UNKNOWN_TOPIC_ID: 100,
} as const;

/** 0 where the account may do it, else the code of its refusal. */
export const denial = ({ state }: Call, kind: 'topic' | 'group', name: string, operation: string): number => {
  if (state.may(kind, name, operation)) return 0;
  return kind === 'topic' ? ERROR.TOPIC_DENIED : ERROR.GROUP_DENIED;
};

/** 0 at the broker that keeps a group, else the code that sends clients to look for it again. */
export const notCoordinator = ({ state, node }: Call, group: string): number =>
  state.coordinator(group) === node ? 0 : ERROR.NOT_COORDINATOR;
