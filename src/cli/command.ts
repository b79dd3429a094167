import type { Writable } from 'node:stream';
import { escapeUnsafe } from '../audit/safe-text.ts';

/** What every command gets of the process around it. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Exit codes, as `stackward --help` and docs/cli.md list them. */
export const EXIT = { ok: 0, failed: 1, usage: 2, denied: 3, approval: 4 } as const;

/** The command was given something that it cannot work with; ends with exit code 2. */
export class UsageError extends Error {}

/** Options that every command that reads the topology takes. */
export interface TopologyOptions {
  readonly topology?: string;
  readonly data?: string;
  readonly as?: string;
  readonly json?: boolean;
  readonly databaseSchema?: string;
}

/** The topology file that a command works on: the option, `STACKWARD_TOPOLOGY`, or `topology.yaml` here. */
export const topologyOf = (options: TopologyOptions, world: World): string =>
  options.topology ?? world.env.STACKWARD_TOPOLOGY ?? 'topology.yaml';

/** The data directory, if one was named; otherwise it lies beside the topology. */
export const dataOf = (options: TopologyOptions, world: World): { data?: string } => {
  const data = options.data ?? world.env.STACKWARD_DATA;
  return data === undefined ? {} : { data };
};

/** The environment, in which an option that was given stands before its variable. */
export const envOf = ({ databaseSchema }: TopologyOptions, { env }: World): World['env'] =>
  databaseSchema === undefined ? env : { ...env, STACKWARD_DATABASE_SCHEMA: databaseSchema };

export const writeLine = (stream: Writable, line = ''): void => {
  stream.write(`${line}\n`);
};

/** JSON in which nothing hides: what a terminal would obey is escaped, and the value stays the same. */
export const writeJson = (stream: Writable, value: unknown): void => {
  const lines = JSON.stringify(value, null, 2).split('\n');
  stream.write(`${lines.map(escapeUnsafe).join('\n')}\n`);
};
