import { z } from 'zod';
import type { JsonValue, UndoStep } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { bindingsInto, ExchangeImage, findExchange, isSame, pathOf } from '../definitions.ts';
import { Name } from '../names.ts';
import { type Need, rightsAhead, toDeclare, toDelete } from '../rights.ts';
import { type ExchangeName, ownExchangeIn, usedExchangeIn } from '../scope.ts';
import { tool, type Writing } from '../tool.ts';

const Params = z.strictObject({
  exchange: Name,
  type: z.enum(['direct', 'fanout', 'topic', 'headers']),
  durable: z.boolean().default(true).describe('Outlives a restart of the broker'),
  internal: z.boolean().default(false).describe('Takes messages from other exchanges alone'),
  alternate_exchange: Name.optional().describe('Takes what no binding fits; must be within the target'),
});
const Before = z.strictObject({ exchange: ExchangeImage.nullable() });
const After = z.strictObject({ created: ExchangeImage.nullable() });

export const declareExchange = tool({
  name: 'rabbitmq_declare_exchange',
  access: 'write',
  reach: 'sub',
  title: 'Declare an exchange',
  description:
    'Make one exchange. One that exists with the same settings is left as it is; with others the call is refused.',
  params: Params,
  output: z.strictObject({ exchange: z.string(), created: z.boolean() }),
  scope: (target, args) => ({ resources: [`${target.name}/exchange:${checked(target, args)}`], atMost: 1 }),
  effect: {
    kind: 'create',
    way: 'deletes the exchange while nothing is bound to it and nobody changed it',
    async capture({ client, target, signal }, args): Promise<JsonValue> {
      return { exchange: (await findExchange(client, ownExchangeIn(target, args.exchange), signal)) ?? null };
    },
    precheck: (context, step) => rightsAhead(context, needsOf(step)),
    async isBack({ client, target, signal }, { args, before, after }) {
      // One that was there already was left as it was, whatever became of it since.
      if (after !== null && After.parse(after).created === null) return true;
      const found = await findExchange(client, ownExchangeIn(target, args.exchange), signal);
      return isSame({ exchange: found ?? null }, Before.parse(before));
    },
    async revert(context, { args, before, after }) {
      const exchange = ownExchangeIn(context.target, args.exchange);
      if (after !== null) return takeDown(context, exchange, After.parse(after).created);
      const found = await findExchange(context.client, exchange, context.signal);
      if (found && Before.parse(before).exchange === null)
        throw new ToolError('conflict', `${exchange} is there now, and it is not known who declared it`);
    },
  },
  async run({ client, target, signal, recordAfter }, args) {
    const exchange = checked(target, args);
    const { type, durable, internal, alternate_exchange } = args;
    const table = alternate_exchange === undefined ? {} : { 'alternate-exchange': alternate_exchange };
    const body = { type, durable, internal, auto_delete: false, arguments: table };
    // As with a queue: only the status tells who made it, so a crash before the record leaves it to its finder.
    const created = (await client.change({ method: 'PUT', path: pathOf(exchange), body }, signal)) === 201;
    await recordAfter({ created: created ? ((await findExchange(client, exchange, signal)) ?? null) : null });
    return { exchange: exchange.name, created };
  },
});

/** The exchange's name, once everything that the call names was found inside the target. */
function checked(target: Writing['target'], args: z.output<typeof Params>): ExchangeName {
  if (args.alternate_exchange !== undefined) usedExchangeIn(target, args.alternate_exchange);
  return ownExchangeIn(target, args.exchange);
}

/** Taken back, an exchange that the call found is left alone. */
function needsOf({ how, args, after }: UndoStep<z.output<typeof Params>>): Need[] {
  const { exchange: name, alternate_exchange: passesTo } = args;
  if (how === 'redo') return toDeclare('exchange', name, passesTo);
  return After.nullable().parse(after)?.created ? toDelete('exchange', name) : [];
}

async function takeDown(context: Writing, exchange: ExchangeName, made: ExchangeImage | null): Promise<void> {
  if (!made) return;
  const { client, signal } = context;
  const found = await findExchange(client, exchange, signal);
  if (!found) return;
  if (!isSame(found, made))
    throw new ToolError('conflict', `somebody declared ${exchange} anew; it stays as it is`);
  if ((await bindingsInto(client, exchange, signal)).length > 0)
    throw new ToolError('conflict', `somebody bound ${exchange} since it was declared; it stays as it is`);
  await client.change({ method: 'DELETE', path: pathOf(exchange), query: { 'if-unused': 'true' } }, signal);
}
