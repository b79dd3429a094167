import { z } from 'zod';
import { fitting, show, shownContent, wholeCharacters } from '../content.ts';
import { FactsView, factsView } from '../facts-view.ts';
import { Key, VersionId } from '../names.ts';
import { keyIn } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

const DEFAULT_LENGTH = 64 * 1024;
/** Part of the byte limit that the content may fill. */
const SHARE = 0.8;

export const get = tool({
  name: 's3_get',
  access: 'read',
  reach: 'sub',
  title: 'Read an object',
  description:
    'Read bytes of one object as they are stored: what has a content_encoding such as gzip is not unpacked.',
  params: z.strictObject({
    key: Key,
    version_id: VersionId.optional(),
    offset: z.number().int().min(0).default(0).describe('First byte'),
    length: z.number().int().min(1).max(1_048_576).default(DEFAULT_LENGTH).describe('Most bytes'),
  }),
  output: z.strictObject({
    key: z.string(),
    ...shownContent,
    offset: z.number().int(),
    ...FactsView,
    next_offset: z.number().int().optional(),
    ...completeness,
  }),
  async run({ client, target, signal, limits }, { key: name, version_id: version, offset, length }) {
    const key = keyIn(target, name);
    const most = Math.max(1, Math.min(length, limits.bytes));
    const { facts, bytes } = await client.get(key, { offset, length: most, version }, signal);
    const read = offset + bytes.length < facts.size ? wholeCharacters(bytes) : bytes;
    const shown = fitting(read, limits.bytes * SHARE);
    const next = offset + shown.length;
    const isCut = next < facts.size;
    return {
      key: key.name,
      ...show(shown),
      offset,
      ...factsView(facts),
      ...(isCut ? { next_offset: next } : {}),
      ...complete(isCut, `for more, call again with offset ${next}`),
    };
  },
});
