import { z } from 'zod';
import { scopeOf } from '../../../toolset/label-scope.ts';
import { complete, completeness, tool } from '../tool.ts';

export const amReceivers = tool({
  name: 'am_receivers',
  access: 'read',
  title: 'List receivers',
  description:
    'List the names of the receivers that notifications go to; under label scopes, those that the scope’s present alerts go to.',
  reach: 'sub',
  params: z.strictObject({}),
  output: z.strictObject({ receivers: z.array(z.string()), ...completeness }),
  list: 'receivers',
  async run({ client, target, signal, limits }) {
    const scope = scopeOf(target);
    // All names would tell of other teams, and the API cannot say which of them a scope may reach.
    const found =
      Object.keys(scope).length === 0
        ? await client.receivers(signal)
        : (await client.alerts(scope, { filters: [] }, signal)).flatMap((alert) =>
            alert.receivers.map(({ name }) => name),
          );
    const names = [...new Set(found)].sort();
    const receivers = names.slice(0, limits.rows);
    return { receivers, ...complete(names.length > receivers.length, 'ask am_alerts for one of them') };
  },
});
