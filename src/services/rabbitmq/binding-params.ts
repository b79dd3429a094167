import { z } from 'zod';
import type { WriteScope } from '../../toolset/define.ts';
import { BindingKey, Name } from './names.ts';
import { endsOf } from './restore.ts';
import type { Writing } from './tool.ts';

/** What names one binding. */
export const BindingParams = z
  .strictObject({
    exchange: Name.describe('Where messages come from'),
    destination: Name.describe('The queue or exchange that gets them'),
    destination_type: z.enum(['queue', 'exchange']).default('queue'),
    routing_key: BindingKey.default('').describe(
      'In a topic exchange * is one word and # any number of words',
    ),
    arguments: z
      .record(
        z.string().regex(/^[\x21-\x7e]{1,128}$/, 'printable ASCII without spaces'),
        z.union([z.string().max(255), z.boolean()]),
      )
      .default({})
      .describe('For headers exchanges: what the headers have to be, and x-match'),
  })
  // RabbitMQ 3.10 makes such a binding and then fails with status 500 on every listing that holds it.
  .refine(
    ({ routing_key, arguments: args }) => !routing_key.includes('~') || Object.keys(args).length === 0,
    'a routing_key with ~ cannot go with arguments: the broker could not list its bindings any more',
  );
export type BindingParams = z.output<typeof BindingParams>;

/** The binding that the parameters name, in the broker's own words. */
export const bindingOf = ({
  exchange,
  destination,
  destination_type,
  routing_key,
  arguments: args,
}: BindingParams) => ({
  source: exchange,
  destination,
  destination_type,
  routing_key,
  arguments: args,
});

/** Both ends of a binding, each by its name. Throws ToolError('not_linked'). */
export function bindingScope(target: Writing['target'], params: BindingParams): WriteScope {
  const { source, destination } = endsOf(target, bindingOf(params));
  return {
    resources: [`${target.name}/exchange:${source}`, `${target.name}/${destination.kind}:${destination}`],
    atMost: 2,
  };
}
