import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { BindingParams, bindingOf, bindingScope } from '../binding-params.ts';
import { BindingImage, isSame } from '../definitions.ts';
import { assertRestorable, bindAgain, findBinding, unbindOne } from '../restore.ts';
import { rightsAhead, toBind } from '../rights.ts';
import { tool } from '../tool.ts';

const Before = z.strictObject({ binding: BindingImage.nullable() });

export const unbind = tool({
  name: 'rabbitmq_unbind',
  access: 'write',
  reach: 'sub',
  title: 'Unbind a queue or exchange',
  description:
    'Take one binding down. Until it is put back, messages that it would have passed on go elsewhere or are dropped.',
  params: BindingParams,
  output: z.strictObject({ exchange: z.string(), destination: z.string(), deleted: z.boolean() }),
  scope: bindingScope,
  effect: {
    kind: 'destroy',
    way: 'binds again as it was',
    async capture(context, args): Promise<JsonValue> {
      return { binding: (await findBinding(context, bindingOf(args))) ?? null };
    },
    precheck: (context, { args }) => rightsAhead(context, toBind(bindingOf(args))),
    isBack: async (context, { args, before }) =>
      isSame({ binding: (await findBinding(context, bindingOf(args))) ?? null }, Before.parse(before)),
    async revert(context, { before }) {
      const { binding } = Before.parse(before);
      if (!binding || (await findBinding(context, binding))) return;
      await bindAgain(context, binding);
      const now = await findBinding(context, binding);
      if (!now || !isSame(now, binding))
        throw new ToolError('conflict', `the binding of ${binding.destination} did not come back as it was`);
    },
  },
  async run(context, args) {
    const binding = await findBinding(context, bindingOf(args));
    if (!binding)
      throw new ToolError(
        'not_found',
        `${args.destination} is not bound to ${args.exchange} with this key and arguments`,
      );
    await assertRestorable(context, [binding]);
    await context.recordAfter({ unbound: true });
    await unbindOne(context, binding);
    return { exchange: args.exchange, destination: args.destination, deleted: true };
  },
});
