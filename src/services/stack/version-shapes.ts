import { z } from 'zod';

export const VersionNumber = z.number().int().min(1);

/** A version as the tools show it. */
export const Summary = z.strictObject({
  number: z.number().int(),
  time: z.string(),
  cause: z.enum(['write', 'revert', 'redo', 'topology', 'snapshot', 'lost']),
  by: z.string(),
  note: z.string().optional(),
  tool: z.string().optional(),
  target: z.string().optional(),
  resources: z.array(z.string()).optional(),
  of: z.number().int().optional().describe('The version that a step of a rollback took back'),
  outcome: z.enum(['ok', 'error', 'outcome_unknown']).optional(),
  seq: z.number().int().optional().describe('Number of its request record in the audit'),
});

/** What of one resource differs. */
export const Resource = z.strictObject({
  component: z.string(),
  resource: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  fields: z.array(z.strictObject({ field: z.string(), from: z.unknown(), to: z.unknown() })),
});

/** One write that a rollback would take back. */
export const Step = z.strictObject({
  of: z.number().int(),
  how: z.enum(['revert', 'redo']),
  tool: z.string(),
  target: z.string(),
  component: z.string(),
  resources: z.array(z.string()),
  wave: z.number().int(),
});

export const Stuck = z.strictObject({
  of: z.number().int(),
  tool: z.string(),
  target: z.string(),
  resources: z.array(z.string()),
  why: z.string(),
});

/** What would undo a step by itself. */
export const Undoing = z.strictObject({
  of: z.number().int(),
  component: z.string(),
  target: z.string(),
  name: z.string(),
  does: z.string(),
  pause: z
    .strictObject({ tool: z.string(), args: z.record(z.string(), z.unknown()), state: z.string() })
    .optional(),
});

/** What a rollback held still. */
export const Paused = z.strictObject({
  name: z.string(),
  target: z.string(),
  state: z.string(),
  held: z.enum(['begun', 'paused', 'resumed']),
});

/** What became of one resource. */
export const Result = z.strictObject({
  of: z.number().int(),
  tool: z.string(),
  target: z.string(),
  resources: z.array(z.string()),
  result: z.enum(['restored', 'restored_unverified', 'failed', 'not_reversible', 'skipped']),
  detail: z.string().optional(),
  call: z.string().optional(),
});
