import { z } from 'zod';
import type { Limits } from '../../../toolset/define.ts';
import type { ObjectPage } from '../model.ts';
import { beginsWithOne } from '../names.ts';
import { ScopedPrefix } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

/** Part of the byte limit that the list may fill; beyond it a page would be cut and its rest skipped by `next`. */
const SHARE = 0.8;

export const list = tool({
  name: 's3_list',
  access: 'read',
  reach: 'sub',
  title: 'List objects',
  description:
    'List objects by key. With delimiter / what lies deeper is shown as folders. Go on with `from` until next is null.',
  params: z.strictObject({
    prefix: z
      .string()
      .max(1024)
      .optional()
      .describe('Literal start of the keys, the target’s prefix included'),
    delimiter: z.enum(['/', '']).default('/'),
    from: z
      .string()
      .regex(/^[\x21-\x7e]{1,2048}$/)
      .optional()
      .describe('next of the page before, with the same prefix and delimiter'),
    count: z.number().int().min(1).max(1000).default(100),
  }),
  output: z.strictObject({
    objects: z.array(
      z.strictObject({
        key: z.string(),
        size: z.number().int(),
        last_modified: z.string().optional(),
        etag: z.string().optional(),
        storage_class: z.string().optional(),
      }),
    ),
    folders: z.array(z.string()),
    next: z.string().nullable(),
    ...completeness,
  }),
  list: 'objects',
  async run({ client, target, signal, limits }, { prefix: given, delimiter, from, count }) {
    const prefix = ScopedPrefix.within(target, given);
    const page = (most: number) =>
      client.list(
        prefix,
        { most, ...(delimiter === '' ? {} : { delimiter }), ...(from ? { from } : {}) },
        signal,
      );
    const rows = Math.min(count, limits.rows);
    const { objects, folders, next } = await fitted(page, rows, limits);
    const isOurs = (text: string) => prefix.reaches(text) && beginsWithOne(text, target.scope.prefixes);
    const ours = { objects: objects.filter(({ key }) => isOurs(key)), folders: folders.filter(isOurs) };
    // A server that pays no heed to the count is cut too.
    const isCut = next !== null || ours.objects.length > rows || ours.folders.length > rows;
    return {
      objects: ours.objects.slice(0, rows),
      folders: ours.folders.slice(0, rows),
      next,
      ...complete(isCut, 'go on with from: next, or give a longer prefix'),
    };
  },
});

/** A page that fits: a smaller one is asked for where the keys are long, so that `next` leaves none of them out. */
async function fitted(page: (most: number) => Promise<ObjectPage>, most: number, { bytes }: Limits) {
  for (let count = most; ; ) {
    const found = await page(count);
    const size = Buffer.byteLength(JSON.stringify(found));
    if (size <= bytes * SHARE || count === 1) return found;
    count = Math.max(1, Math.min(count - 1, Math.floor((count * bytes * SHARE) / size)));
  }
}
