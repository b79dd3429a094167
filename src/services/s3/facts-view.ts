import { z } from 'zod';
import type { ObjectFacts } from './model.ts';

/** What an object is, as results show it. */
export const FactsView = {
  size: z.number().int(),
  etag: z.string(),
  version_id: z.string().optional(),
  last_modified: z.string().optional(),
  content_type: z.string().optional(),
  content_encoding: z.string().optional(),
};

export const factsView = (facts: ObjectFacts) => ({
  size: facts.size,
  etag: facts.etag,
  version_id: facts.version_id,
  last_modified: facts.last_modified,
  content_type: facts.content_type,
  content_encoding: facts.content_encoding,
});
