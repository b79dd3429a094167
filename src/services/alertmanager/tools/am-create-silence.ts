import { z } from 'zod';
import type { Change, WriteContext } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { scopeOf } from '../../../toolset/label-scope.ts';
import { type Silence, SilenceContent } from '../api.ts';
import { ExactMatcher, show, silenceMatchersOf } from '../matcher.ts';
import { authorOf, signatureOf } from '../signature.ts';
import { SilenceView, sameContent, silenceView } from '../silence-view.ts';
import { type AlertmanagerTypes, tool } from '../tool.ts';

const MINUTE_MS = 60_000;
/** Thirty days: what must be silent for longer wants a change of its rule. */
const MOST_MINUTES = 30 * 24 * 60;

const Before = z.object({ signature: z.string().min(1) });
const After = z.object({ id: z.string(), silence: SilenceContent });

export const amCreateSilence = tool({
  name: 'am_create_silence',
  access: 'write',
  title: 'Silence alerts',
  description:
    'Silence, for a bounded time, the alerts that carry all of the given labels. The link’s labels are added to them; author and comment name who asked.',
  reach: 'sub',
  params: z.strictObject({
    matchers: z.array(ExactMatcher).min(1).max(20).describe('Labels that an alert must all carry'),
    duration_minutes: z.number().int().min(1).max(MOST_MINUTES).describe('At most 43200, which is 30 days'),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .refine((text) => !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text), 'one line of visible characters')
      .describe('Why, for the people who find the silence'),
  }),
  output: SilenceView,
  effect: {
    kind: 'create',
    way: 'ends the silence',
    async capture({ grant }) {
      return { signature: signatureOf(grant.principal, grant.callId) };
    },
    revert: expireAgain,
    isBack: async (context, change) => (await findMade(context, change)) === undefined,
  },
  scope(target, { matchers }) {
    const labels = silenceMatchersOf(matchers, scopeOf(target)).map(show);
    return { resources: [`${target.name}: silence {${labels.join(', ')}}`], atMost: 1 };
  },
  async run({ client, target, signal, grant, recordAfter }, { matchers, duration_minutes: minutes, reason }) {
    const now = Date.now();
    const silence = {
      matchers: silenceMatchersOf(matchers, scopeOf(target)),
      startsAt: new Date(now).toISOString(),
      endsAt: new Date(now + minutes * MINUTE_MS).toISOString(),
      createdBy: authorOf(grant.principal),
      comment: `${signatureOf(grant.principal, grant.callId)}${reason}`,
      annotations: {},
    };
    const id = await client.create(silence, signal);
    await recordAfter({ id, silence });
    return silenceView({ id, status: { state: 'active' }, ...silence });
  },
});

/** The silence that the call created, if it has not ended. */
async function findMade(
  { client, signal }: WriteContext<AlertmanagerTypes>,
  change: Change,
): Promise<Silence | undefined> {
  const { signature } = Before.parse(change.before);
  // Null where the answer never came; what the call created then still begins with its signature.
  const after = After.nullable().parse(change.after);
  const isOurs = ({ id, comment }: Silence) =>
    after === null ? comment.startsWith(signature) : id === after.id;
  return (await client.silences(signal)).find((one) => one.status.state !== 'expired' && isOurs(one));
}

/** Ends what the call created. Throws ToolError('conflict') when somebody changed it since. */
async function expireAgain(context: WriteContext<AlertmanagerTypes>, change: Change): Promise<void> {
  const after = After.nullable().parse(change.after);
  const found = await findMade(context, change);
  if (!found) return;
  if (after !== null && !sameContent(found, after.silence)) {
    throw new ToolError('conflict', `somebody changed the silence ${found.id} since; it stays as it is`);
  }
  await context.client.expire(found, context.signal);
}
