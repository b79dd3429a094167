import type { z } from 'zod';
import { ToolError } from './errors.ts';

/** The connection fields of one provider, besides `provider`. */
export interface ProviderFields {
  readonly needs: readonly string[];
  readonly takes: readonly string[];
}

/**
 * Checks that a connection has the fields of its provider and no other's. A connection is one strict object, so that
 * each field has its line in the references; this is what a union of objects would check.
 */
export const checkProvider =
  (fields: Readonly<Record<string, ProviderFields>>) =>
  (given: { readonly provider: string }, context: z.RefinementCtx): void => {
    const { needs, takes } = fields[given.provider] ?? { needs: [], takes: [] };
    const known = ['provider', ...needs, ...takes];
    const present = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    const fault = (path: readonly string[], message: string) =>
      context.addIssue({ code: 'custom', path: [...path], message });
    for (const field of needs)
      if (!present.includes(field)) fault([], `provider ${given.provider} needs the field ${field}`);
    for (const field of present)
      if (!known.includes(field))
        fault([field], `provider ${given.provider} does not take this field; it takes ${known.join(', ')}`);
  };

/** A field that {@link checkProvider} demanded, which the compiler cannot know. Throws ToolError where it is absent. */
export function given<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new ToolError('setting_unavailable', `${field} is not given`);
  return value;
}
