import { z } from 'zod';
import { FactsView, factsView } from '../facts-view.ts';
import { Key, VersionId } from '../names.ts';
import { keyIn } from '../scope.ts';
import { tool } from '../tool.ts';

export const head = tool({
  name: 's3_head',
  access: 'read',
  reach: 'sub',
  title: 'Look at an object',
  description:
    'Size, ETag, type, metadata, storage class, encryption and lock of one object, without its bytes.',
  params: z.strictObject({ key: Key, version_id: VersionId.optional() }),
  output: z.strictObject({
    key: z.string(),
    ...FactsView,
    cache_control: z.string().optional(),
    content_disposition: z.string().optional(),
    content_language: z.string().optional(),
    expires: z.string().optional(),
    storage_class: z.string().optional(),
    encryption: z.string().optional(),
    lock_mode: z.string().optional(),
    locked_until: z.string().optional(),
    legal_hold: z.string().optional(),
    metadata: z.record(z.string(), z.string()),
  }),
  async run({ client, target, signal }, { key: name, version_id }) {
    const key = keyIn(target, name);
    const facts = await client.head(key, version_id, signal);
    return {
      key: key.name,
      ...factsView(facts),
      cache_control: facts.cache_control,
      content_disposition: facts.content_disposition,
      content_language: facts.content_language,
      expires: facts.expires,
      storage_class: facts.storage_class,
      encryption: facts.encryption,
      lock_mode: facts.lock_mode,
      locked_until: facts.locked_until,
      legal_hold: facts.legal_hold,
      metadata: { ...facts.metadata },
    };
  },
});
