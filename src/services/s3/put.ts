import { z } from 'zod';
import { contentOf, givenContent } from './content.ts';
import type { Condition, StoredHeaders } from './model.ts';
import { ETag, Key } from './names.ts';

const DEFAULT_TYPE = 'application/octet-stream';

export const PutParams = z.strictObject({
  key: Key,
  ...givenContent,
  content_type: z
    .string()
    .regex(/^[\x21-\x7e][\x20-\x7e]{0,199}$/, 'printable ASCII')
    .default(DEFAULT_TYPE),
  if_etag: z
    .union([z.literal('absent'), ETag])
    .optional()
    .describe('Write only if the object has this ETag now, or is absent'),
});
export type PutParams = z.output<typeof PutParams>;

export const PutOutput = z.strictObject({
  key: z.string(),
  etag: z.string(),
  version_id: z.string().optional(),
  bytes: z.number().int(),
});

/** The headers that a call stores an object with; those of an object that it replaces are not taken over. */
export const headersGiven = ({ content_type }: PutParams): StoredHeaders => ({ content_type, metadata: {} });

export const objectGiven = (args: PutParams) => ({ bytes: contentOf(args), headers: headersGiven(args) });

/** The condition that a call gives. */
export const conditionGiven = ({ if_etag }: PutParams): Condition => {
  if (if_etag === undefined) return 'any';
  return if_etag === 'absent' ? 'absent' : { etag: if_etag };
};
