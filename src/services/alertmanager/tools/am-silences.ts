import { z } from 'zod';
import { scopeOf } from '../../../toolset/label-scope.ts';
import { SilenceId, SilenceView, silenceView } from '../silence-view.ts';
import { complete, completeness, tool } from '../tool.ts';

export const amSilences = tool({
  name: 'am_silences',
  access: 'read',
  title: 'List silences',
  description:
    'List silences with their matchers, author and end: those active and pending unless a state is named, and only those that can silence nothing but alerts with the link’s labels.',
  reach: 'sub',
  params: z.strictObject({
    state: z.enum(['active', 'pending', 'expired']).optional(),
    id: SilenceId.optional().describe('Only the silence of this id, in any state'),
  }),
  output: z.strictObject({ silences: z.array(SilenceView), ...completeness }),
  list: 'silences',
  async run({ client, target, signal, limits }, { state, id }) {
    const visible = (await client.silences(scopeOf(target), signal))
      .filter((silence) => id === undefined || silence.id === id)
      .filter(({ status }) =>
        state === undefined ? id !== undefined || status.state !== 'expired' : status.state === state,
      );
    const silences = visible.slice(0, limits.rows).map(silenceView);
    return { silences, ...complete(visible.length > silences.length, 'ask for one state or one id') };
  },
});
