import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { Name, RoutingKey } from '../names.ts';
import {
  affectedBy,
  allPolicies,
  assertInside,
  assertNothingUncovered,
  type PolicyImage,
  policyPath,
} from '../policy.ts';
import { changePolicy, findPolicy, isPolicyBack, takePolicyBack } from '../policy-change.ts';
import { assertMatchInside, compilePattern, PolicyMatch } from '../policy-pattern.ts';
import { policyRightsAhead } from '../rights.ts';
import { usedExchangeIn } from '../scope.ts';
import { tool, type Writing } from '../tool.ts';

/** Settings of which none can cost a message; those that can are for the broker's operator. */
const Definition = z
  .strictObject({
    'dead-letter-exchange': Name.optional().describe('Must be within the target'),
    'dead-letter-routing-key': RoutingKey.optional(),
    'alternate-exchange': Name.optional().describe('Of exchanges; must be within the target'),
    'queue-mode': z.enum(['default', 'lazy']).optional(),
    'ha-mode': z.enum(['all', 'exactly']).optional().describe('Mirrors classic queues, before RabbitMQ 4'),
    'ha-params': z.number().int().min(1).max(9).optional(),
    'ha-sync-mode': z.enum(['manual', 'automatic']).optional(),
  })
  .refine((definition) => Object.values(definition).some((value) => value !== undefined), 'set at least one');

const Params = z.strictObject({
  policy: Name,
  apply_to: z.enum(['queues', 'exchanges']),
  match: PolicyMatch,
  definition: Definition,
  priority: z.number().int().min(0).max(100).default(0).describe('Only the highest that matches applies'),
  max_affected: z.number().int().min(1).max(100).default(10).describe('Refuse to apply to more than this'),
});
type Params = z.output<typeof Params>;

export const setPolicy = tool({
  name: 'rabbitmq_set_policy',
  access: 'write',
  reach: 'sub',
  title: 'Set a policy',
  description:
    'Make or replace one policy: settings for queues or exchanges by name. Settings that can drop messages (limits, expiry) are not set here.',
  params: Params,
  output: z.strictObject({ policy: z.string(), pattern: z.string(), applies_to: z.array(z.string()) }),
  list: 'applies_to',
  scope: (target, args) => ({
    resources: [`${target.name}/policy:${checked(target, args).name}`],
    atMost: args.max_affected,
  }),
  effect: {
    kind: 'update',
    way: 'puts the policy back that was there, or deletes it where there was none',
    async capture(context, args): Promise<JsonValue> {
      return { policy: (await findPolicy(context, args.policy)) ?? null };
    },
    precheck: policyRightsAhead,
    isBack: isPolicyBack,
    revert: takePolicyBack,
  },
  async run(context, args) {
    const { target } = context;
    const wanted = checked(target, args);
    const policies = await allPolicies(context);
    const old = policies.find(({ name }) => name === wanted.name);
    if (old) assertInside(target, old);
    const affected = await affectedBy(context, wanted, args.max_affected);
    const left = old ? await affectedBy(context, old, args.max_affected) : [];
    assertNothingUncovered(policies, wanted.name, [...affected, ...left]);
    await context.recordAfter({ policy: wanted });
    await changePolicy(context, policyPath(target, wanted.name), wanted);
    return { policy: wanted.name, pattern: wanted.pattern, applies_to: affected };
  },
});

/** The policy as the broker will have it, once all that it names was found inside the target. */
function checked(target: Writing['target'], args: Params): PolicyImage {
  const kind = args.apply_to === 'queues' ? 'queue' : 'exchange';
  assertMatchInside(target, kind, args.match);
  const { definition } = args;
  for (const key of ['dead-letter-exchange', 'alternate-exchange'] as const)
    if (definition[key] !== undefined) usedExchangeIn(target, definition[key]);
  if ('alternate-exchange' in definition && kind === 'queue')
    throw new ToolError('invalid_arguments', 'alternate-exchange is a setting of exchanges');
  const set = Object.entries(definition).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
  return {
    name: args.policy,
    pattern: compilePattern(args.match),
    'apply-to': args.apply_to,
    definition: Object.fromEntries(set),
    priority: args.priority,
  };
}
