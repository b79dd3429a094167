import { z } from 'zod';
import type { JsonValue } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { Name } from '../names.ts';
import { affectedBy, allPolicies, assertInside, assertNothingUncovered, policyPath } from '../policy.ts';
import { changePolicy, findPolicy, isPolicyBack, takePolicyBack } from '../policy-change.ts';
import { policyRightsAhead } from '../rights.ts';
import { vhostOf } from '../scope.ts';
import { tool } from '../tool.ts';

export const deletePolicy = tool({
  name: 'rabbitmq_delete_policy',
  access: 'write',
  reach: 'sub',
  title: 'Delete a policy',
  description:
    'Delete one policy. Refused when it, or one that it covers, can drop messages, since putting it back could too.',
  params: z.strictObject({
    policy: Name,
    max_affected: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(10)
      .describe('Refuse if it applies to more than this'),
  }),
  output: z.strictObject({ policy: z.string(), applied_to: z.array(z.string()) }),
  list: 'applied_to',
  scope: (target, { policy, max_affected }) => {
    vhostOf(target);
    return { resources: [`${target.name}/policy:${policy}`], atMost: max_affected };
  },
  effect: {
    kind: 'destroy',
    way: 'puts the policy back',
    async capture(context, args): Promise<JsonValue> {
      return { policy: (await findPolicy(context, args.policy)) ?? null };
    },
    precheck: policyRightsAhead,
    isBack: isPolicyBack,
    revert: takePolicyBack,
  },
  async run(context, args) {
    const policies = await allPolicies(context);
    const found = policies.find(({ name }) => name === args.policy);
    if (!found) throw new ToolError('not_found', `there is no policy ${args.policy}`);
    assertInside(context.target, found);
    const affected = await affectedBy(context, found, args.max_affected);
    assertNothingUncovered(policies, found.name, affected);
    await context.recordAfter({ policy: null });
    await changePolicy(context, policyPath(context.target, found.name), null);
    return { policy: found.name, applied_to: affected };
  },
});
