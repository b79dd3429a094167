import { z } from 'zod';
import type { Target } from './define.ts';
import { ToolError } from './errors.ts';

export const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** What the backends' languages cannot hold, or a JavaScript string cannot hand on faithfully: NUL and half a surrogate pair. */
const UNFAITHFUL = /[\0\p{Cs}]/u;

const ScopeLabel = z
  .string()
  .max(200)
  .regex(LABEL_NAME, 'a label name has letters, digits and _ only')
  .refine((name) => !name.startsWith('__'), 'labels that start with __ do not scope series');
const ScopeValue = z
  .string()
  .min(1)
  .max(500)
  .refine((value) => !UNFAITHFUL.test(value), 'a label value holds no NUL');

/** A label scope: what is read or written carries every one of these labels with just this value, or stays out of sight. */
export const LabelScope = z.strictObject({
  labels: z
    .record(ScopeLabel, ScopeValue)
    .refine(
      (labels) => Object.keys(labels).length > 0,
      'name at least one label; an empty scope hides nothing',
    ),
});
export type LabelScope = z.output<typeof LabelScope>;

/** Label names to the values that everything reached through a link must carry. Empty: no scope. */
export type ScopeLabels = Readonly<Record<string, string>>;

/**
 * The labels that confine a call: those of the target's scope, or none where the component declares no scopes.
 * Throws ToolError('target_required') when scopes exist and the call is on none of them.
 */
export function scopeOf(target: Target<LabelScope>): ScopeLabels {
  if (target.sub === undefined && target.reach.size === 0) return {};
  const scope = LabelScope.safeParse(target.scope);
  if (target.sub !== undefined && scope.success) return scope.data.labels;
  throw new ToolError('target_required', `name one label scope of ${target.component}`);
}

/** Whether a label set carries every label of the scope. A label that is not there is a no. */
export const isInScope = (labels: Readonly<Record<string, string>>, scope: ScopeLabels): boolean =>
  Object.entries(scope).every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value);
