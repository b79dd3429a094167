import { z } from 'zod';
import type { Change, WriteContext } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { scopeOf } from '../../../toolset/label-scope.ts';
import { Silence, SilenceContent } from '../api.ts';
import { SilenceId, SilenceView, sameContent, silenceView } from '../silence-view.ts';
import { type AlertmanagerTypes, tool } from '../tool.ts';

type Context = WriteContext<AlertmanagerTypes>;

export const amExpireSilence = tool({
  name: 'am_expire_silence',
  access: 'write',
  title: 'End a silence',
  description:
    'End one active or pending silence now, so that its alerts notify again. Only a silence that reaches nothing but alerts with the link’s labels can be ended.',
  reach: 'sub',
  params: z.strictObject({ id: SilenceId }),
  output: z.strictObject({ ended: SilenceView.describe('The silence as it was before it ended') }),
  effect: {
    kind: 'destroy',
    way: 'creates the silence again, for the time that it had left',
    capture: async (context, { id }) => findRunning(context, id),
    revert: putBack,
    isBack,
  },
  scope(target, { id }) {
    scopeOf(target);
    return { resources: [`${target.name}: silence ${id}`], atMost: 1 };
  },
  async run(context, { id }) {
    const silence = await findRunning(context, id);
    await context.recordAfter({ id });
    await context.client.expire(silence, context.signal);
    return { ended: silenceView(silence) };
  },
});

/** A silence that has not ended. Throws ToolError: 'not_found' also for one outside the scope, 'conflict' for one that is over. */
async function findRunning({ client, target, signal, again }: Context, id: string): Promise<Silence> {
  const silences = await client.silences(signal);
  const silence = silences.find((one) => one.id === id);
  if (!silence)
    throw new ToolError('not_found', `there is no silence ${id} in ${target.name}; ask am_silences`);
  if (silence.status.state !== 'expired') return silence;
  // What the way back put in its place has another id.
  const former = again && Silence.parse(again.before);
  const successor = former && silences.find((one) => isRunningAs(one, former));
  if (successor) return successor;
  throw new ToolError('conflict', `the silence ${id} ended at ${silence.endsAt}`);
}

const isRunningAs = (silence: Silence, former: Silence): boolean =>
  silence.status.state !== 'expired' && sameContent(silence, former);

/** Whether it runs again, or would be over by now. Its id is another one, which the server chose. */
async function isBack({ client, signal }: Context, change: Change): Promise<boolean> {
  const before = Silence.parse(change.before);
  if (Date.parse(before.endsAt) <= Date.now()) return true;
  return (await client.silences(signal)).some((silence) => isRunningAs(silence, before));
}

/** Creates the silence again for the time that it had left, unless it runs already or would be over by now. */
async function putBack({ client, signal }: Context, change: Change): Promise<void> {
  const before = Silence.parse(change.before);
  if (Date.parse(before.endsAt) <= Date.now()) return;
  const running = (await client.silences(signal)).filter(({ status }) => status.state !== 'expired');
  const same = running.find(({ id }) => id === before.id);
  if (same && !sameContent(same, before))
    throw new ToolError('conflict', `somebody changed the silence ${before.id} since; it stays as it is`);
  // A revert that was cut off after it created the silence must not create it twice.
  if (running.some((silence) => sameContent(silence, before))) return;
  await client.create(SilenceContent.parse(before), signal);
}
