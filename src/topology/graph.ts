import type { Layer } from './component-type.ts';
import type { SmokeTests } from './smoke-test.ts';

/** A place in the topology file; lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A sub-component's checked entry. Lists of names in it are what a link can narrow. */
export type Entry = Readonly<Record<string, unknown>>;

export interface Component {
  readonly name: string;
  readonly type: string;
  readonly layer: Layer;
  readonly title?: string;
  readonly description?: string;
  readonly group?: string;
  /** Readable, and out of every write, for everybody. */
  readonly isProtected: boolean;
  /** Belongs to another stack: metadata only, never a tool. */
  readonly isExternal: boolean;
  /** The stack that an external component belongs to. */
  readonly stack?: string;
  /** `writes`: a human approves every write, not only what cannot be taken back. */
  readonly approval?: 'writes';
  /** The most resources or rows that one write may touch here; absent means the service's own limit. */
  readonly blastRadius?: number;
  /** Declared smoke tests, by name. */
  readonly tests?: SmokeTests;
  /** Output of the type's connection schema: `SecretRef` and `SettingRef` leaves, no values. Empty if external. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** Name of each sub-component to its entry, in the file's order. */
  readonly subs: ReadonlyMap<string, Entry>;
  readonly at: Position;
}

export interface Link {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  /** `read` when the link or its type caps it. */
  readonly access: 'read' | 'full';
  /** The sub-components that the link reaches, already narrowed; all of the target's when the link names none. */
  readonly subs: ReadonlyMap<string, Entry>;
  /** An end is external: metadata only, never a tool. */
  readonly crossesStack: boolean;
  readonly description?: string;
  readonly at: Position;
}

/** A checked topology: every name resolves, every link fits its target. Frozen. */
export interface Graph {
  readonly stack: string;
  readonly components: ReadonlyMap<string, Component>;
  readonly links: readonly Link[];
  /** SHA-256 of the file's text, in hex: names the topology in audit records and approvals. */
  readonly hash: string;
  /** The file's text as read. */
  readonly text: string;
  readonly file: string;
}
