import { z } from 'zod';
import type { Change, JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { CollectionName } from './names.ts';
import { writable } from './resolve.ts';
import type { ScopedCollection } from './scope.ts';
import type { Writing } from './tool.ts';
import type { Step } from './types.ts';

const Image = z.base64().nullable();

/** What a write recorded before it ran: each document as it was and as it was to become. */
const Record = z.strictObject({
  collection: CollectionName,
  steps: z.array(z.strictObject({ from: Image, to: Image })),
});

/** Form of a write's record; see {@link carryOut}. */
const recordOf = (on: ScopedCollection, steps: readonly Step[]): JsonValue => ({
  collection: on.name,
  steps: steps.map(({ from, to }) => ({ from, to })),
});

/**
 * Records the steps and carries them out, all or none: where somebody changed one of the documents meanwhile, or the
 * server refuses one, those that were done are taken back at once.
 *
 * @throws ToolError('conflict' | 'query_failed' | ...) when nothing has changed, 'outcome_unknown' otherwise
 */
export async function carryOut(
  context: Writing,
  on: ScopedCollection,
  steps: readonly Step[],
): Promise<void> {
  const { client, limits, signal, recordAfter } = context;
  if (signal.aborted) throw new ToolError('cancelled', 'the call was cancelled; nothing was written');
  await recordAfter(recordOf(on, steps));
  try {
    const done = await client.apply(on, steps, { limits, signal });
    if (done < steps.length)
      throw new ToolError(
        'conflict',
        'somebody changed one of the documents at the same time; nothing was changed',
      );
  } catch (error) {
    // An answer that was lost may still be on its way to being carried out; undoing would race with it.
    if (!(error instanceof ToolError) || error.code === 'outcome_unknown') throw error;
    await undo(context, on, steps);
    throw error;
  }
}

/** Takes back those of the steps that were carried out. */
async function undo(context: Writing, on: ScopedCollection, steps: readonly Step[]): Promise<void> {
  const { client, limits, signal } = context;
  const bounds = { limits, signal };
  try {
    const done = (await compare(context, on, steps)).filter(({ step, now }) => now === step.to);
    const back = done.map(({ step }) => turned(step));
    if ((await client.apply(on, back, bounds)) === back.length) return;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
  }
  throw new ToolError(
    'outcome_unknown',
    'a part of the write was made and could not be taken back; look at the documents before doing it again',
  );
}

/**
 * Puts the documents of a write back as they were.
 * @throws ToolError('conflict'), naming the documents, when somebody changed one since; then nothing is changed
 */
export async function takeBack(context: Writing, { after }: Change): Promise<void> {
  // Without a record nothing was sent.
  if (after === null) return;
  const { collection, steps } = Record.parse(after);
  const { client, limits, signal } = context;
  const on = await writable(context, collection);
  const seen = await compare(context, on, steps);
  const strange = seen.filter(({ step, now }) => now !== step.to && now !== step.from);
  if (strange.length > 0)
    throw changedSince(strange.map(({ step }) => client.idOf(step.from ?? step.to ?? '')));
  const back = seen.filter(({ step, now }) => now === step.to).map(({ step }) => turned(step));
  if ((await client.apply(on, back, { limits, signal })) < back.length)
    throw new ToolError(
      'conflict',
      'somebody changed one of the documents while it was put back; look at them',
    );
}

const turned = ({ from, to }: Step): Step => ({ from: to, to: from });

async function compare({ client, limits, signal }: Writing, on: ScopedCollection, steps: readonly Step[]) {
  const images = steps.map(({ from, to }) => from ?? to ?? '');
  const now = images.length === 0 ? [] : await client.current(on, images, { limits, signal });
  return steps.map((step, at) => ({ step, now: now[at] ?? null }));
}

function changedSince(ids: readonly JsonValue[]): ToolError {
  const named = ids.slice(0, 10).map((id) => JSON.stringify(id).slice(0, 200));
  const more = ids.length > named.length ? ` and ${ids.length - named.length} more` : '';
  return new ToolError(
    'conflict',
    `documents are no longer as the write left them: ${named.join(', ')}${more}; nothing was taken back`,
  );
}
