import { z } from 'zod';
import type { Change, JsonValue, Precheck, UndoStep } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { CollectionName } from './names.ts';
import { type Action, rightsAhead } from './privileges.ts';
import { readable, writable } from './resolve.ts';
import type { ScopedCollection } from './scope.ts';
import type { Reading, Writing } from './tool.ts';
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
 * Records the steps and carries them out, all or none.
 * @throws ToolError('conflict' | 'query_failed' | ...) when nothing has changed, 'outcome_unknown' otherwise
 */
export async function carryOut(
  context: Writing,
  on: ScopedCollection,
  steps: readonly Step[],
): Promise<void> {
  if (context.signal.aborted) throw new ToolError('cancelled', 'the call was cancelled; nothing was written');
  await context.recordAfter(recordOf(on, steps));
  await allOrNone(context, on, steps);
}

/**
 * Where somebody changed one of the documents meanwhile, or the server refuses one, just those that were done here are
 * taken back at once. After a lost answer nothing is: that step may still be on its way, and undoing would race with it.
 */
async function allOrNone(
  { client, limits, signal }: Writing,
  on: ScopedCollection,
  steps: readonly Step[],
): Promise<void> {
  const { done, refused } = await client.apply(on, steps, { limits, signal });
  if (refused === undefined) return;
  const back = steps.slice(0, done).reverse().map(turned);
  const undone = await client.apply(on, back, { limits, signal });
  if (undone.refused === undefined) throw refused;
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
  const { client } = context;
  const on = await writable(context, collection);
  const seen = await compare(context, on, steps);
  const strange = seen.filter(({ step, now }) => now !== step.to && now !== step.from);
  if (strange.length > 0)
    throw changedSince(strange.map(({ step }) => client.idOf(step.from ?? step.to ?? '')));
  const back = seen.filter(({ step, now }) => now === step.to).map(({ step }) => turned(step));
  await allOrNone(context, on, back.reverse());
}

/**
 * Whether the account may write the documents of a step, and whether the server will judge them: a validation is
 * tried by writing alone.
 */
export async function documentsAhead(context: Reading, { after, how }: UndoStep<unknown>): Promise<Precheck> {
  if (after === null) return {};
  const { collection, steps: written } = Record.parse(after);
  const steps = how === 'redo' ? written : written.map(turned);
  const { info } = await readable(context, collection);
  const untried =
    info.validates && steps.some(({ to }) => to !== null)
      ? [`whether the documents pass the validation of ${collection}: it judges only what is written`]
      : [];
  const rights = await rightsAhead(context, collection, steps.map(actionOf));
  return { ...rights, untried: [...(rights.untried ?? []), ...untried] };
}

const actionOf = ({ from, to }: Step): Action =>
  from === null ? 'insert' : to === null ? 'remove' : 'update';

/** Whether every document of a write is as it was. */
export async function areDocumentsBack(context: Writing, { after }: Change): Promise<boolean> {
  // Without a record nothing was sent.
  if (after === null) return true;
  const { collection, steps } = Record.parse(after);
  const seen = await compare(context, await writable(context, collection), steps);
  return seen.every(({ step, now }) => now === step.from);
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
