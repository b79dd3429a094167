import { z } from 'zod';
import { Binding } from '../api.ts';
import { BindingView, bindingView } from '../binding-view.ts';
import { type BindingImage, bindingsInto, bindingsOutOf, isBindingWithin } from '../definitions.ts';
import { Name } from '../names.ts';
import { exchangeIn, queueIn, vhostOf } from '../scope.ts';
import { complete, completeness, type Reading, tool } from '../tool.ts';

const Params = z
  .strictObject({
    queue: Name.optional().describe('Only bindings into this queue'),
    exchange: Name.optional().describe('Only bindings out of this exchange'),
  })
  .refine(
    ({ queue, exchange }) => queue === undefined || exchange === undefined,
    'give queue or exchange, not both',
  );

export const bindings = tool({
  name: 'rabbitmq_bindings',
  access: 'read',
  reach: 'sub',
  title: 'List bindings',
  description:
    'List which exchange passes messages on to which queue or exchange, and for which routing keys. A binding is shown when the target reaches both its ends.',
  params: Params,
  output: z.strictObject({ bindings: z.array(BindingView), ...completeness }),
  list: 'bindings',
  async run(context, args) {
    const all = (await find(context, args)).filter((binding) => isBindingWithin(context.target, binding));
    const { rows } = context.limits;
    return {
      bindings: all.slice(0, rows).map(bindingView),
      ...complete(all.length > rows, 'name one queue or exchange'),
    };
  },
});

function find(
  { client, target, signal }: Reading,
  { queue, exchange }: z.output<typeof Params>,
): Promise<BindingImage[]> {
  if (queue !== undefined) return bindingsInto(client, queueIn(target, queue), signal);
  if (exchange !== undefined) return bindingsOutOf(client, exchangeIn(target, exchange), signal);
  return client.get({ path: ['bindings', vhostOf(target)], shape: z.array(Binding) }, signal);
}
