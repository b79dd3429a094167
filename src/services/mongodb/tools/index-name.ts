import { z } from 'zod';

/** The name of one index. `*` would stand for all of them. */
export const IndexName = z
  .string()
  .regex(/^[A-Za-z0-9_][\w .:-]{0,119}$/, 'letters, digits, space and _ . : - only');
