import { ToolError } from '../../toolset/errors.ts';
import { Findings, judgePipeline } from './guard/pipeline.ts';
import { Place } from './guard/place.ts';
import { ScopedCollection } from './scope.ts';
import type { Reading, Writing } from './tool.ts';
import type { CollectionInfo } from './types.ts';

/** Views stand on views; MongoDB itself ends at 20. */
const MOST_VIEWS = 20;

type Context = Pick<Reading, 'target' | 'limits' | 'signal'> & {
  readonly client: Pick<Reading['client'], 'collections'>;
};

/**
 * A collection or view that may be read, with everything that the pipelines behind it read: a view is followed to
 * what it stands on, since the server asks no one again.
 *
 * @param others collections that the query itself names
 * @throws ToolError('not_linked') when any of it is outside the target, 'not_found' when the first is not there
 */
export async function readable(
  context: Context,
  name: string,
  others: Iterable<string> = [],
): Promise<{ on: ScopedCollection; info: CollectionInfo }> {
  const { client, target, limits, signal } = context;
  const on = ScopedCollection.within(target, name);
  let first: CollectionInfo | undefined;
  const seen = new Set<string>();
  let next = new Set([name, ...others]);
  for (let level = 0; next.size > 0; level += 1) {
    if (level > MOST_VIEWS)
      throw new ToolError('query_refused', `${name}: views are nested deeper than ${MOST_VIEWS}`);
    for (const one of next) {
      ScopedCollection.within(target, one);
      seen.add(one);
    }
    const { collections } = await client.collections([...next], { limits, signal });
    first ??= collections.find((info) => info.name === name);
    next = new Set(collections.flatMap(behind).filter((one) => !seen.has(one)));
  }
  if (!first) throw new ToolError('not_found', `${target.name} has no collection ${name}`);
  return { on, info: first };
}

/** What a view reads. Its definition is judged like a caller's pipeline: it may run what no caller may. */
function behind({ name, viewOn, pipeline }: CollectionInfo): readonly string[] {
  if (viewOn === undefined) return [];
  const findings = new Findings();
  judgePipeline(pipeline ?? [], new Place(`view ${name}`), findings);
  return [viewOn, ...findings.collections];
}

/**
 * A collection whose documents may be changed with a way back.
 * @throws ToolError('conflict') for a view, a time series, a capped or encrypted collection, or behind a mongos
 */
export async function writable(context: Writing, name: string): Promise<ScopedCollection> {
  const { on, info } = await readable(context, name);
  if (context.client.isSharded)
    throw new ToolError(
      'conflict',
      'writes through a mongos are not made here: in a sharded cluster an _id can be there twice',
    );
  if (info.type !== 'collection')
    throw new ToolError('conflict', `${name} is a ${info.type}; only ordinary collections are written to`);
  if (info.isCapped)
    throw new ToolError('conflict', `${name} is capped: what a write pushes out could not be brought back`);
  if (info.isEncrypted)
    throw new ToolError('conflict', `${name} has encrypted fields, which only its own clients can write`);
  return on;
}
