import { z } from 'zod';
import { ProposedAction } from './action.ts';

/** The stages of a run, in their order. */
export const STEPS = [
  'trigger',
  'gather',
  'redact',
  'diagnose',
  'quality_gate',
  'plan',
  'action_gate',
  'execute',
  'notify',
  'resolve',
] as const;
export const Step = z.enum(STEPS);
export type Step = z.output<typeof Step>;

const Check = z.strictObject({ rule: z.string(), passed: z.boolean(), reason: z.string() });

/** What a gate said, in the shape that the audit keeps of every gate. */
export const Verdict = z.strictObject({
  passed: z.boolean(),
  checks: z.array(Check),
  reasons: z.array(z.string()),
});
export type Verdict = z.output<typeof Verdict>;

/**
 * How a run ended. `healed` and `nothing_to_do` need nobody; `handed_over` and `denied` are with a human; `harmed` is
 * what a naive run may come to, on the mock alone.
 */
export const Ending = z.enum(['healed', 'nothing_to_do', 'handed_over', 'denied', 'harmed']);
export type Ending = z.output<typeof Ending>;

/** The measure that the alert was about, against what it is when all is well. */
export const Measured = z.strictObject({
  component: z.string(),
  metric: z.string(),
  value: z.number(),
  baseline: z.number(),
  healthy: z.boolean(),
});
export type Measured = z.output<typeof Measured>;

/** What happened, without its number and place; `emit` adds those. */
export const EventBody = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('step'),
    step: Step,
    /** `progress` is a look at something that takes a while: each says what was measured. */
    state: z.enum(['started', 'progress', 'finished']),
    detail: z.string(),
    data: z.record(z.string(), z.json()).optional(),
  }),
  z.strictObject({
    type: z.literal('gate'),
    gate: z.enum(['quality', 'action']),
    attempt: z.number().int().positive(),
    verdict: Verdict,
  }),
  z.strictObject({
    type: z.literal('fallback'),
    step: Step,
    from: z.string(),
    to: z.string(),
    why: z.string(),
  }),
  z.strictObject({
    type: z.literal('action'),
    phase: z.enum(['intended', 'done', 'way_back']),
    action: ProposedAction,
    detail: z.string(),
    audit_seq: z.number().int().optional(),
  }),
  z.strictObject({
    type: z.literal('blocked'),
    what: z.string(),
    reasons: z.array(z.string()),
    audit_seq: z.number().int().optional(),
  }),
  z.strictObject({ type: z.literal('breaker'), route: z.string(), state: z.enum(['open', 'closed']) }),
  z.strictObject({
    type: z.literal('done'),
    ending: Ending,
    reason: z.string(),
    measured: Measured.optional(),
  }),
]);
export type EventBody = z.output<typeof EventBody>;

const Place = z.object({
  run: z.string(),
  /** Counts from 1 within the run, without a gap. */
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  /** Who diagnoses: `rules` where no model is drawn, or the model's route. */
  diagnoser: z.string(),
  /** What the run works on: a cluster, or the mock of an incident script. */
  backend: z.enum(['mock', 'kubernetes']).exactOptional(),
  /** Absent means hardened. The other two are for the mock alone: see `runNaive`. */
  mode: z.enum(['hardened', 'naive', 'naive-governed']).exactOptional(),
});

/** One thing that happened in a run. Exactly one `done` ends it. */
export type RunEvent = z.output<typeof Place> & EventBody;

/** Reads one back. Throws ZodError. */
export function readEvent(value: unknown): RunEvent {
  const { run, seq, at, diagnoser, backend, mode, ...body } = z.looseObject(Place.shape).parse(value);
  return {
    ...{ run, seq, at, diagnoser },
    ...(backend === undefined ? {} : { backend }),
    ...(mode === undefined ? {} : { mode }),
    ...EventBody.parse(body),
  };
}
