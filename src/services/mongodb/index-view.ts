import { z } from 'zod';
import type { JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';

/** What is shown of an index. */
export const IndexView = z.strictObject({
  name: z.string(),
  key: z.unknown().describe('Field to 1, -1 or a kind'),
  unique: z.boolean(),
  sparse: z.boolean(),
  hidden: z.boolean(),
  expire_after_seconds: z.number().optional(),
  partial_filter: z.unknown().optional(),
});
export type IndexView = z.output<typeof IndexView>;

const Listed = z.object({
  name: z.string(),
  key: z.json(),
  unique: z.boolean().default(false),
  sparse: z.boolean().default(false),
  hidden: z.boolean().default(false),
  expireAfterSeconds: z.number().optional(),
  partialFilterExpression: z.json().optional(),
});

/**
 * One index as `listIndexes` gives it.
 * @see https://www.mongodb.com/docs/manual/reference/command/listIndexes/
 */
export function indexView(document: JsonValue): IndexView {
  const parsed = Listed.safeParse(document);
  if (!parsed.success) throw new ToolError('backend_failed', 'the server lists an index in an unknown form');
  const { expireAfterSeconds, partialFilterExpression, ...shared } = parsed.data;
  return {
    ...shared,
    ...(expireAfterSeconds === undefined ? {} : { expire_after_seconds: expireAfterSeconds }),
    ...(partialFilterExpression === undefined ? {} : { partial_filter: partialFilterExpression }),
  };
}
