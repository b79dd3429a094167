import { z } from 'zod';
import type { JsonValue, UndoStep } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import {
  areSame,
  BindingImage,
  bindingsInto,
  ExchangeImage,
  findExchange,
  isSame,
  pathOf,
} from '../definitions.ts';
import { Name } from '../names.ts';
import { assertRestorable, restoreBindings } from '../restore.ts';
import { type Need, rightsAhead, toBind, toDeclare, toDelete } from '../rights.ts';
import { type ExchangeName, ownExchangeIn } from '../scope.ts';
import { tool, type Writing } from '../tool.ts';

const Before = z.strictObject({ exchange: ExchangeImage.nullable(), bindings: z.array(BindingImage) });

export const deleteExchange = tool({
  name: 'rabbitmq_delete_exchange',
  access: 'write',
  reach: 'sub',
  title: 'Delete an exchange',
  description:
    'Delete one exchange that nothing is bound to; take its bindings down first. Whoever still publishes to it then fails.',
  params: z.strictObject({ exchange: Name }),
  output: z.strictObject({ exchange: z.string(), deleted: z.boolean() }),
  scope: (target, { exchange }) => ({
    resources: [`${target.name}/exchange:${ownExchangeIn(target, exchange)}`],
    atMost: 1,
  }),
  effect: {
    kind: 'destroy',
    way: 'declares the exchange again and binds it as it was',
    async capture({ client, target, signal }, args): Promise<JsonValue> {
      return read(client, ownExchangeIn(target, args.exchange), signal);
    },
    async isBack({ client, target, signal }, { args, before }) {
      const was = Before.parse(before);
      const now = await read(client, ownExchangeIn(target, args.exchange), signal);
      return (
        isSame({ exchange: now.exchange }, { exchange: was.exchange }) && areSame(now.bindings, was.bindings)
      );
    },
    precheck: (context, step) => rightsAhead(context, needsOf(step)),
    revert: (context, { before }) => putBack(context, Before.parse(before)),
  },
  async run(context, args) {
    const { client, target, signal, recordAfter } = context;
    const exchange = ownExchangeIn(target, args.exchange);
    const { exchange: found, bindings } = await read(client, exchange, signal);
    if (!found) throw new ToolError('not_found', `there is no exchange ${exchange}`);
    await assertRestorable(context, bindings);
    await recordAfter({ deleted: true });
    await client.change({ method: 'DELETE', path: pathOf(exchange), query: { 'if-unused': 'true' } }, signal);
    return { exchange: exchange.name, deleted: true };
  },
});

function needsOf({ how, args, before }: UndoStep<{ readonly exchange: string }>): Need[] {
  if (how === 'redo') return toDelete('exchange', args.exchange);
  const { exchange: was, bindings } = Before.parse(before);
  if (!was) return [];
  return [
    ...toDeclare('exchange', was.name, was.arguments['alternate-exchange']),
    ...bindings.flatMap(toBind),
  ];
}

async function read(client: Writing['client'], exchange: ExchangeName, signal: AbortSignal) {
  const found = await findExchange(client, exchange, signal);
  return { exchange: found ?? null, bindings: found ? await bindingsInto(client, exchange, signal) : [] };
}

async function putBack(
  context: Writing,
  { exchange: was, bindings }: z.output<typeof Before>,
): Promise<void> {
  if (!was) return;
  const { client, target, signal } = context;
  const exchange = ownExchangeIn(target, was.name);
  const found = await findExchange(client, exchange, signal);
  if (found && !isSame(found, was))
    throw new ToolError(
      'conflict',
      `somebody declared ${exchange} anew with other settings; it stays as it is`,
    );
  if (!found) {
    await assertRestorable(context, bindings);
    const { name: _, ...body } = was;
    await client.change({ method: 'PUT', path: pathOf(exchange), body }, signal);
  }
  await restoreBindings(context, exchange, bindings);
}
