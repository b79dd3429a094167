import type { AuditView } from '../views.ts';

/** What some calls, or some events, of a block have in common. */
export interface Group {
  readonly principal: string;
  readonly method?: string;
  readonly tool?: string;
  readonly target?: string;
  readonly outcome?: string;
  readonly rules?: readonly string[];
  readonly event?: string;
}

/**
 * What is known of some hundred records in a row, so that a search need not read them. It is made from the records, is
 * made anew where it is missing, and nothing but the speed of searches rests on it: `verifyAudit` never looks at it.
 */
export interface Block {
  /** Sequence numbers of its first and its last record. */
  readonly first: number;
  readonly last: number;
  /** Where its lines lie, in the words of the engine. */
  readonly from: number;
  readonly to: number;
  /** SHA-256 of its last line. */
  readonly hash: string;
  /** How many calls end, and events lie, in it; and from when to when those calls began and events happened. */
  readonly ended: number;
  readonly since: string;
  readonly until: string;
  /** The calls that end in it and begin before it: response, request, response, request ... */
  readonly early: readonly number[];
  /** Every request up to its last record that has no end up to there. */
  readonly open: readonly number[];
  /** What groups there are among its calls and events, as JSON: most searches see from the text that none fits. */
  readonly groups: string;
  /** What the records of these calls and events say, wherever those lie, as Grams write it. */
  readonly grams: string;
}

/** A block as two texts: what a search for anything needs, and what a search for words needs besides. */
export function serialiseBlock({ grams, ...summary }: Block): { summary: string; grams: string } {
  return { summary: JSON.stringify(summary), grams };
}

/** Undefined for a text that `serialiseBlock` did not make. A million records have thousands, so it looks at no more than it must. */
export function parseBlock(summary: string, grams: string): Block | undefined {
  try {
    const value: unknown = JSON.parse(summary);
    return isSummary(value) ? { ...value, grams } : undefined;
  } catch {
    return undefined;
  }
}

const NUMBERS = ['first', 'last', 'from', 'to', 'ended'] as const;
const TEXTS = ['hash', 'since', 'until', 'groups'] as const;

function isSummary(value: unknown): value is Omit<Block, 'grams'> {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return (
    NUMBERS.every((name) => Number.isSafeInteger(fields[name])) &&
    TEXTS.every((name) => typeof fields[name] === 'string') &&
    [fields.early, fields.open].every((list) => Array.isArray(list) && list.every(Number.isSafeInteger))
  );
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
