import { z } from 'zod';
import type { Change, WriteContext } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { AnnotationView, annotationView } from '../annotation-view.ts';
import { Annotation } from '../api.ts';
import { folderOf } from '../folder-scope.ts';
import { panelOf } from '../model.ts';
import { PanelId, PlainText, Tag, Uid } from '../names.ts';
import { annotationAhead } from '../rights.ts';
import { Signature, signatureOf } from '../signature.ts';
import { momentOf, TimeInput } from '../time.ts';
import { type GrafanaTypes, tool } from '../tool.ts';

const Before = z.strictObject({ signature: Signature, at: z.number() });
const After = z.strictObject({ annotation: Annotation });
/** A lost annotation is looked for this far around its moment: the write may have begun long after its capture. */
const AROUND_MS = 10 * 60_000;
const MOST_FOUND = 500;

const Params = z.strictObject({
  dashboard: Uid,
  panel: PanelId.optional(),
  time: TimeInput.default('now'),
  end: TimeInput.optional().describe('As time; for a span'),
  text: PlainText.pipe(z.string().min(1).max(1000)).describe('One line, without markup or links'),
  tags: z.array(Tag).max(10).default([]),
});

export const createAnnotation = tool({
  name: 'grafana_create_annotation',
  access: 'write',
  title: 'Annotate a dashboard',
  description:
    'Mark a moment or a span of time on a dashboard, or on one of its panels. The text begins with who asked.',
  reach: 'sub',
  params: Params,
  output: AnnotationView,
  scope(target, { dashboard, panel }) {
    folderOf(target);
    const place = panel === undefined ? dashboard : `${dashboard}, panel ${panel}`;
    return { resources: [`${target.name}: annotation on dashboard ${place}`], atMost: 1 };
  },
  effect: {
    kind: 'create',
    way: 'deletes the annotation',
    async capture({ grant }) {
      return { signature: signatureOf(grant.principal, grant.callId), at: Date.now() };
    },
    precheck: (context, { args, how }) =>
      annotationAhead(context, how === 'redo' ? 'annotations:create' : 'annotations:delete', args.dashboard),
    revert: deleteAgain,
    isBack: async (context, change) => (await findMade(context, change)) === undefined,
  },
  async run({ client, signal, grant, recordAfter }, { dashboard, panel, time, end, text, tags }) {
    const found = await client.dashboard(dashboard, signal);
    if (panel !== undefined) panelOf(found.dashboard, panel);
    const now = Date.now();
    const from = momentOf(time, now);
    const to = end === undefined ? from : momentOf(end, now);
    if (to < from) throw new ToolError('invalid_arguments', 'end must not lie before time');
    const made = {
      dashboardUID: dashboard,
      ...(panel === undefined ? {} : { panelId: panel }),
      time: from,
      timeEnd: to,
      tags: [...new Set(tags)],
      text: `${signatureOf(grant.principal, grant.callId)}${text}`,
    };
    const id = await client.annotate(made, signal);
    const annotation = { panelId: 0, ...made, id };
    await recordAfter({ annotation });
    return annotationView(annotation);
  },
});

/** What the call created, if it is there. Throws ToolError('conflict') where that cannot be told. */
async function findMade(
  context: WriteContext<GrafanaTypes>,
  change: Change,
): Promise<Annotation | undefined> {
  if (change.after === null) return findLost(context, change);
  const { annotation } = After.parse(change.after);
  const { dashboard } = Params.parse(change.args);
  return context.client.findAnnotation(annotation.id, dashboard, context.signal);
}

/** Deletes what the call created. Throws ToolError('conflict') when somebody changed it since. */
async function deleteAgain(context: WriteContext<GrafanaTypes>, change: Change): Promise<void> {
  const { client, signal } = context;
  const { signature } = Before.parse(change.before);
  const found = await findMade(context, change);
  if (!found) return;
  const made = change.after === null ? found : After.parse(change.after).annotation;
  if (!found.text.startsWith(signature) || !isSame(found, made))
    throw new ToolError('conflict', `somebody changed the annotation ${found.id} since; it stays as it is`);
  await client.deleteAnnotation(found, signal);
}

/** What the call created although its answer got lost: it still begins with the call's signature. */
async function findLost(
  { client, signal }: WriteContext<GrafanaTypes>,
  change: Change,
): Promise<Annotation | undefined> {
  const { signature, at } = Before.parse(change.before);
  const { dashboard, time, panel = 0, text, tags } = Params.parse(change.args);
  const moment = momentOf(time, at);
  const range = { from: Math.max(1, moment - AROUND_MS), to: moment + AROUND_MS };
  const around = await client.annotations(
    { dashboard, ...range, tags: [], type: 'annotation', limit: MOST_FOUND },
    signal,
  );
  const found = around.filter((one) => one.text.startsWith(signature));
  const [only] = found;
  if (!only && around.length < MOST_FOUND) return undefined;
  const isAsMade =
    only?.text === `${signature}${text}` &&
    only.panelId === panel &&
    sameTags(only.tags, [...new Set(tags)]) &&
    only.updated === only.created;
  if (only && found.length === 1 && isAsMade) return only;
  throw new ToolError(
    'conflict',
    'the annotation cannot be told from what somebody changed since; look for it',
  );
}

const sameTags = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

const isSame = (a: Annotation, b: Annotation): boolean =>
  a.text === b.text &&
  a.time === b.time &&
  a.timeEnd === b.timeEnd &&
  a.panelId === b.panelId &&
  a.dashboardUID === b.dashboardUID &&
  sameTags(a.tags, b.tags);
