import type { z } from 'zod';
import type { Entry } from './graph.ts';

export const LAYERS = ['observability', 'data', 'operations', 'stack'] as const;
export type Layer = (typeof LAYERS)[number];

/** What one kind of link into a component type means, and how far it reaches. */
export interface LinkType {
  readonly description: string;
  /** `read` caps every link of this kind, whatever the flags say. */
  readonly access?: 'read';
}

/** What lives inside a component: databases, key prefixes, namespaces ... */
export interface SubComponentKind {
  /** The key in the topology file, on components and on links: `databases`. */
  readonly key: string;
  /** One of them, for messages: `database`. */
  readonly singular: string;
  /** Schema of one entry. Its output is what a tool sees as the scope of its target. */
  readonly entry: z.ZodObject;
  /** The fields of an entry that are lists of names, which a link may narrow to fewer of them. */
  readonly narrowable: readonly string[];
  /** Whether a component must name at least one. */
  readonly required: boolean;
  /** Finds what is wrong between the entries of one component, each of which fits its schema. */
  check?(entries: ReadonlyMap<string, Entry>): readonly EntryFault[];
  /** A component that names none is reached by no tool, rather than as a whole. */
  readonly onlyNamed?: true;
}

/** One thing that is wrong with an entry because of the others. */
export interface EntryFault {
  /** Name of the sub-component. */
  readonly sub: string;
  /** Fields down to the wrong value: `['way_back', 'endpoint']`. */
  readonly path: readonly string[];
  /** What is wrong and what would be accepted: `names "x", which is no endpoint of the component`. */
  readonly message: string;
}

/** As much of a tool as a declared smoke test needs. */
export interface Operation {
  readonly name: string;
  readonly reach: 'sub' | 'component' | 'stack';
  readonly params: z.ZodObject;
}

/** As much of a service as the topology needs to check a file. `toolset` adds the tools. */
export interface ComponentType {
  readonly type: string;
  readonly layer: Layer;
  readonly title: string;
  readonly description: string;
  /** Schema of the fields that say where the component is; empty for one that is metadata alone. */
  readonly connection: z.ZodObject;
  readonly subComponents?: SubComponentKind;
  readonly links: Readonly<Record<string, LinkType>>;
  /** Its operations, which smoke tests may call; none where absent. */
  readonly tools?: readonly Operation[];
  /** Fields of the connection that name another component, each with the type that it must have. */
  readonly references?: Readonly<Record<string, string>>;
}
