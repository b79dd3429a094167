import { z } from 'zod';
import type { JsonValue } from '../toolset/define.ts';

const Count = z.number().int().nonnegative();
const Json: z.ZodType<JsonValue> = z.json();
const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What made a version. `revert` and `redo` are the steps of a rollback: they take back a write, or such a step. `lost`
 * stands for one whose record was damaged: what it did is not known.
 */
export const CAUSES = ['write', 'revert', 'redo', 'topology', 'snapshot', 'lost'] as const;

/** One write as it is kept: what it was asked to do and what it found, enough to take it back. */
export const StoredChange = z.strictObject({
  call: z.string(),
  /** Sequence number of its request record in the audit. */
  seq: Count,
  principal: z.string(),
  tool: z.string(),
  target: z.string(),
  /** Names of what it may change, as the gate was told. */
  resources: z.array(z.string()),
  args: Json,
  /** Null for a write that cannot be taken back, and for a step of a rollback. */
  before: Json,
  /** Why there is no way back. */
  irreversible: z.string().exactOptional(),
  /** The version whose write a `revert` or `redo` takes back. */
  of: Count.exactOptional(),
});
export type StoredChange = z.output<typeof StoredChange>;

/** The whole stack at one moment. */
export const Version = z.strictObject({
  number: Count,
  /** The version before; 0 for the first. */
  parent: Count,
  time: z.iso.datetime(),
  cause: z.enum(CAUSES),
  /** Who made it: a principal, or the operating system's user of a command. */
  by: z.string(),
  note: z.string().exactOptional(),
  /** Object of the topology's text, and the text's own SHA-256, which audit records name. */
  topology: Hash,
  topology_hash: z.string(),
  /** Root of the configuration of every component, as it was known when this version began. */
  state: Hash,
  /** Object of the credentials' fingerprints. */
  secrets: Hash,
  change: StoredChange.exactOptional(),
  /** Versions before it that had not ended when it began. */
  open: z.array(Count).exactOptional(),
});
export type Version = z.output<typeof Version>;

/** How a version ended, written once its cause is over. */
export const VersionEnd = z.strictObject({
  outcome: z.enum(['ok', 'error', 'outcome_unknown']),
  /** Root of the configuration after it; that of the version itself where nothing was captured. */
  state: Hash,
  /** Components whose configuration was captured for this version. */
  captured: z.array(z.string()),
  /** Components that could not be captured, and why. */
  missed: z.record(z.string(), z.string()),
});
export type VersionEnd = z.output<typeof VersionEnd>;

/** A version with everything that came after its beginning. */
export interface WholeVersion extends Version {
  /** Absent while its cause runs, and where the process ended before it could say. */
  readonly end?: VersionEnd;
  /** What the write recorded of the state that it left; null where it recorded none. */
  readonly after: JsonValue;
}

/** The configuration that holds once the version is over. */
export const stateAfter = ({ state, end }: WholeVersion): string => end?.state ?? state;
