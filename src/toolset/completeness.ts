import { z } from 'zod';

/** Fields with which a list of a tool's output says whether it is whole. */
export const completeness = {
  truncated: z.boolean(),
  hint: z.string().optional(),
};

/** Fills {@link completeness}; `hint` is dropped from a list that is whole. */
export const complete = (truncated: boolean, hint: string) => ({ truncated, ...(truncated ? { hint } : {}) });
