import { z } from 'zod';
import type { JsonValue } from '../toolset/define.ts';
import { parseJson } from '../toolset/http/failure.ts';
import { Version, VersionEnd } from './version.ts';
import type { Versions } from './versions.ts';

/** One line of an export. Objects come before the versions that need them. */
const Line = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stackward-versions'), format: z.literal(1) }),
  z.strictObject({ kind: z.literal('object'), hash: z.string(), value: z.json() }),
  z.strictObject({
    kind: z.literal('version'),
    version: Version,
    after: z.json(),
    end: VersionEnd.optional(),
  }),
]);

/** Everything in the store as JSON Lines. Images are in it unmasked: keep the file as the data directory is kept. */
export async function* exportVersions({ files, objects }: Versions): AsyncGenerator<string> {
  yield JSON.stringify({ kind: 'stackward-versions', format: 1 });
  for (const hash of await objects.list())
    yield JSON.stringify({ kind: 'object', hash, value: await objects.get(hash) });
  for (const number of await files.numbers()) {
    const { after, end, ...version } = await files.read(number);
    yield JSON.stringify({ kind: 'version', version, after, ...(end ? { end } : {}) });
  }
}

/**
 * Takes an export into a store that has no versions. Every object is checked against its hash.
 * Throws an Error naming the line that does not hold; what was taken by then stays, and can be taken again.
 */
export async function importVersions(
  { files, objects }: Versions,
  lines: AsyncIterable<string>,
): Promise<{ versions: number; objects: number }> {
  if ((await files.numbers()).length > 0)
    throw new Error('the store has versions already; import into a new data directory');
  const count = { versions: 0, objects: 0 };
  let at = 0;
  for await (const text of lines) {
    at += 1;
    if (text.trim() === '') continue;
    const line = Line.safeParse(parseJson(text));
    if (!line.success || (at === 1) !== (line.data.kind === 'stackward-versions'))
      throw new Error(`line ${at} is not one of an export of versions`);
    if (line.data.kind === 'object') {
      if ((await objects.put(line.data.value as JsonValue)) !== line.data.hash)
        throw new Error(`line ${at}: the object is not what its hash says`);
      count.objects += 1;
    }
    if (line.data.kind === 'version') {
      await files.restore(line.data.version, line.data.after as JsonValue, line.data.end);
      count.versions += 1;
    }
  }
  return count;
}
