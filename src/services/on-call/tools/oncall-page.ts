import { z } from 'zod';
import type { Change, WriteContext } from '../../../toolset/define.ts';
import { askerOf, PageParams } from '../page.ts';
import { type OnCallTypes, tool } from '../tool.ts';

const Before = z.strictObject({
  wasOpen: z.boolean(),
  by: z.strictObject({ principal: z.string(), call: z.string() }),
});

/** Null where the answer never came: then the page may be there, and is closed if it is. */
const After = z.strictObject({ result: z.enum(['sent', 'already_open']) }).nullable();

export const oncallPage = tool({
  name: 'oncall_page',
  access: 'write',
  title: 'Page the people on call',
  description:
    'Call the people on call, once for a key. Taking it back closes the page; it cannot be unread.',
  reach: 'component',
  informs: true,
  params: PageParams,
  output: z.strictObject({ key: z.string(), result: z.enum(['sent', 'already_open']) }),
  effect: {
    kind: 'create',
    way: 'closes the page; who read it has read it',
    unverifiable: 'Slack, a webhook and PagerDuty without api show no pages',
    async capture({ client, signal, grant }, { key }) {
      return { wasOpen: await client.isOpen(key, signal), by: { ...askerOf(grant) } };
    },
    revert: withdraw,
    isBack: async ({ client, signal }, change) => !isOurs(change) || client.isOver(change.args.key, signal),
  },
  scope: ({ name }, { key }) => ({ resources: [`${name}: page ${key}`], atMost: 1 }),
  async run({ client, signal, grant, recordAfter }, args) {
    const result = await client.page({ ...args, by: askerOf(grant) }, signal);
    await recordAfter({ result });
    return { key: args.key, result };
  },
});

/** Closes the page that the call opened. One that was open before stays. */
async function withdraw(
  { client, signal }: WriteContext<OnCallTypes>,
  change: Change<PageParams>,
): Promise<void> {
  const { by } = Before.parse(change.before);
  if (isOurs(change)) await client.withdraw({ ...change.args, by }, signal);
}

const isOurs = ({ before, after }: Change): boolean =>
  !Before.parse(before).wasOpen && After.parse(after)?.result !== 'already_open';
