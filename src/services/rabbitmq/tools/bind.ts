import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { BindingParams, bindingOf, bindingScope } from '../binding-params.ts';
import { BindingImage, isSame, vanishingExchanges } from '../definitions.ts';
import { bindAgain, findBinding, unbindOne } from '../restore.ts';
import { rightsAhead, toBind } from '../rights.ts';
import { tool } from '../tool.ts';

const Before = z.strictObject({ binding: BindingImage.nullable() });

export const bind = tool({
  name: 'rabbitmq_bind',
  access: 'write',
  reach: 'sub',
  title: 'Bind a queue or exchange',
  description: 'Have an exchange pass messages that fit a key on to a queue or another exchange.',
  params: BindingParams,
  output: z.strictObject({ exchange: z.string(), destination: z.string(), created: z.boolean() }),
  scope: bindingScope,
  effect: {
    kind: 'create',
    way: 'takes the binding down',
    async capture(context, args): Promise<JsonValue> {
      return { binding: (await findBinding(context, bindingOf(args))) ?? null };
    },
    precheck: (context, { args }) => rightsAhead(context, toBind(bindingOf(args))),
    isBack: async (context, { args, before }) =>
      isSame({ binding: (await findBinding(context, bindingOf(args))) ?? null }, Before.parse(before)),
    async revert(context, { args, before, after }) {
      if (after === null || Before.parse(before).binding !== null) return;
      const found = await findBinding(context, bindingOf(args));
      if (found) await unbindOne(context, found);
    },
  },
  async run(context, args) {
    const { client, target, signal, recordAfter } = context;
    const existed = (await findBinding(context, bindingOf(args))) !== undefined;
    const vanishing = await vanishingExchanges(client, target, signal);
    if (vanishing.has(args.exchange))
      throw new ToolError(
        'conflict',
        `the broker deletes ${args.exchange} by itself once its last binding goes, so this could not be taken back`,
      );
    await recordAfter({ bound: true });
    if (!existed) await bindAgain(context, { ...bindingOf(args), properties_key: '' });
    return { exchange: args.exchange, destination: args.destination, created: !existed };
  },
});
