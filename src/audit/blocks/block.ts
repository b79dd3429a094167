import { z } from 'zod';
import type { AuditView } from '../views.ts';
import { Grams } from './grams.ts';

/** What some calls, or some events, of a block have in common. */
const Group = z.strictObject({
  principal: z.string(),
  method: z.string().exactOptional(),
  tool: z.string().exactOptional(),
  target: z.string().exactOptional(),
  outcome: z.string().exactOptional(),
  rules: z.array(z.string()).exactOptional(),
  event: z.string().exactOptional(),
});
export type Group = z.infer<typeof Group>;

const Stored = z.strictObject({
  first: z.int().positive(),
  last: z.int().positive(),
  from: z.int().nonnegative(),
  to: z.int().positive(),
  hash: z.string(),
  ended: z.int().nonnegative(),
  since: z.string(),
  until: z.string(),
  groups: z.array(Group),
  early: z.array(z.tuple([z.int(), z.int()])),
  open: z.array(z.int()),
});

/**
 * What is known of some hundred records in a row, so that a search need not read them. It is made from the records, is
 * made anew where it is missing, and nothing but the speed of searches rests on it: `verifyAudit` never looks at it.
 */
export interface Block extends z.infer<typeof Stored> {
  // first, last: sequence numbers of its records. from, to: where they lie, in the words of the engine.
  // hash: SHA-256 of its last line. ended: how many calls end, and events lie, in it.
  // since, until: when those calls began and events happened. groups: what there is among them.
  // early: the calls that end in it and begin before it, as [response, request].
  // open: every request up to its last record that has no end up to there.
  /** What the records of these calls and events say, wherever those lie. */
  readonly grams: Grams;
}

/** A block as two texts: what a search for anything needs, and what a search for words needs besides. */
export function serialiseBlock({ grams, ...stored }: Block): { summary: string; grams: string } {
  return { summary: JSON.stringify(stored), grams: grams.toString() };
}

/** Undefined for texts that `serialiseBlock` did not make. */
export function parseBlock(summary: string, grams: string): Block | undefined {
  try {
    const stored = Stored.safeParse(JSON.parse(summary));
    const parsed = Grams.parse(grams);
    return stored.success && parsed ? { ...stored.data, grams: parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** The group that a call or an event belongs to. */
export function groupOf(view: AuditView): Group {
  if (view.kind === 'event') return { principal: view.principal, event: view.record.event };
  const { principal, method, tool, target, outcome, refusedRules } = view;
  return {
    principal,
    method,
    ...(tool !== undefined && { tool }),
    ...(target !== undefined && { target }),
    outcome,
    ...(refusedRules.length > 0 && { rules: [...refusedRules] }),
  };
}
