import type fc from 'fast-check';
import { expect } from 'vitest';

/** What is there, read without the tools. */
export interface Reading {
  /** What the write touches. */
  readonly own: unknown;
  /** What stands beside it and is none of its business. */
  readonly others: unknown;
}

/** One write in one starting state, which was set up for it alone. */
export interface Scene {
  /** What is undefined is not given. */
  readonly args: Readonly<Record<string, unknown>>;
  read(): Promise<Reading>;
  /** Somebody changes something else: `others`, and nothing of `own`; or why there is nothing else. */
  readonly beside: (() => unknown) | { readonly never: string };
  /** Somebody changes what the write touched, after it; or why nobody can so that it must not be taken back. */
  readonly interfere: (() => unknown) | { readonly never: string };
  /** How a rollback ends; `restored` if absent. */
  readonly result?: 'restored' | 'restored_unverified';
  /** What of `own` is the same when the write is made again; all of it if absent, less what the server chooses. */
  alike?(own: unknown): unknown;
  /** Why the write cannot be made again once it was taken back; a rollback then says so and does nothing. */
  readonly onlyOnce?: string;
  /** The write changes nothing that can be read. */
  readonly isTraceless?: true;
}

/** Starting states and arguments of one tool, on one server. */
export interface Case<Server> {
  readonly scenes: fc.Arbitrary<{ readonly given: unknown; open(server: Server): Promise<Scene> }>;
}

/** @param open sets the starting state up, under names that no other scene has */
export const caseOf = <Server, T>(
  given: fc.Arbitrary<T>,
  open: (server: Server, given: T) => Promise<Scene>,
): Case<Server> => ({
  scenes: given.map((one) => ({ given: one, open: (server: Server) => open(server, one) })),
});

/** Arguments of a write without a way back, once what it needs is set up. */
export interface ForGood {
  readonly args: Scene['args'];
  /** Why it cannot be taken back, where the call says that better than its tool. */
  readonly why?: string;
}

/** A running server, or its strict twin, and the stack over it. */
export interface Bench {
  readonly topology: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cases: ReadonlyMap<string, fc.Arbitrary<{ open(): Promise<Scene> }>>;
  readonly forGood: ReadonlyMap<string, () => Promise<ForGood>>;
  close(): Promise<void>;
}

export interface Lab {
  readonly name: string;
  /** False where the server cannot be had on this machine. */
  readonly isThere: boolean;
  /** The tools that are tried here and can be taken back. */
  readonly tools: readonly string[];
  /** Those that cannot. */
  readonly toolsForGood: readonly string[];
  /** Starts the server, once for all of its tools. */
  open(): Promise<Bench>;
}

export interface LabSpec<Server> {
  readonly name: string;
  readonly isThere?: boolean;
  start(): Promise<Server>;
  stop(server: Server): Promise<unknown>;
  stackOver(server: Server): Pick<Bench, 'topology' | 'env'>;
  /** By the name of the tool. */
  readonly cases: Readonly<Record<string, Case<Server>>>;
  /** Writes without a way back, by the name of the tool. */
  readonly forGood?: Readonly<Record<string, (server: Server) => ForGood | Promise<ForGood>>>;
}

export const defineLab = <Server>(spec: LabSpec<Server>): Lab => ({
  name: spec.name,
  isThere: spec.isThere ?? true,
  tools: Object.keys(spec.cases),
  toolsForGood: Object.keys(spec.forGood ?? {}),
  async open() {
    const server = await spec.start();
    const bound = Object.entries(spec.cases).map(
      ([tool, { scenes }]) =>
        [tool, scenes.map(({ given, open }) => ({ given, open: () => open(server) }))] as const,
    );
    return {
      ...spec.stackOver(server),
      cases: new Map(bound),
      forGood: new Map(
        Object.entries(spec.forGood ?? {}).map(([tool, open]) => [tool, async () => open(server)] as const),
      ),
      close: async () => void (await spec.stop(server)),
    };
  },
});

let names = 0;
/** A name that no other scene has: letters, digits and a dash. */
export const fresh = (word = 'n'): string => `${word}-${process.pid}-${++names}`;

/** A topology with one service, which an application uses through one link. */
export const topologyOf = (name: string, fields: string, link: string): string => `stack: shop
components:
  app: {type: application}
  ${name}: {${fields}}
links:
  - {from: app, to: ${name}, type: ${link}}
`;

/** Closes a twin. Fails where something was asked that the real server would not know. */
export async function stopTwin(twin: {
  readonly violations: readonly string[];
  close(): Promise<unknown>;
}): Promise<void> {
  await twin.close();
  expect(twin.violations).toEqual([]);
}
