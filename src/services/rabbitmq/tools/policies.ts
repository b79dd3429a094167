import { z } from 'zod';
import { Queue } from '../api.ts';
import { list } from '../listing.ts';
import { allPolicies, type PolicyImage } from '../policy.ts';
import { isInside, parsePattern } from '../policy-pattern.ts';
import { redactedTable } from '../redact.ts';
import { isWhole } from '../scope.ts';
import { complete, completeness, type Reading, tool } from '../tool.ts';

const View = z.strictObject({
  name: z.string(),
  operator: z.boolean().describe('Set by the broker’s operator; limits what other policies say'),
  pattern: z.string().describe('Regular expression over names'),
  apply_to: z.string(),
  priority: z.number().describe('Of the policies that match, only the one of highest priority applies'),
  definition: z.record(z.string(), z.json()),
});

export const policies = tool({
  name: 'rabbitmq_policies',
  access: 'read',
  reach: 'sub',
  title: 'List policies',
  description:
    'List the policies of the virtual host and of its operator. Under a narrowed link, only those in effect on its queues or made for them.',
  params: z.strictObject({}),
  output: z.strictObject({ policies: z.array(View), ...completeness }),
  list: 'policies',
  async run(context) {
    const [ordinary, operator, inEffect] = await Promise.all([
      allPolicies(context),
      allPolicies(context, 'operator-policies'),
      namesInEffect(context),
    ]);
    const isShown = (policy: PolicyImage, names: ReadonlySet<string> | undefined) =>
      names === undefined || names.has(policy.name) || isMadeFor(context, policy);
    const all = [
      ...ordinary.filter((one) => isShown(one, inEffect?.ordinary)).map((one) => view(one, false)),
      ...operator.filter((one) => isShown(one, inEffect?.operator)).map((one) => view(one, true)),
    ];
    const { rows } = context.limits;
    return { policies: all.slice(0, rows), ...complete(all.length > rows, 'the rest is not shown') };
  },
});

/** Names of the policies in effect on the queues of a narrowed target; undefined when the target is a whole one. */
async function namesInEffect({ client, target, signal, limits }: Reading) {
  if (isWhole(target)) return undefined;
  const columns = ['name', 'durable', 'auto_delete', 'arguments', 'policy', 'operator_policy'];
  const most = limits.rows;
  const queues = await list(
    client,
    { target, kind: 'queue', shape: Queue, columns, prefix: '', most },
    signal,
  );
  return {
    ordinary: new Set(queues.flatMap(({ policy }) => policy ?? [])),
    operator: new Set(queues.flatMap(({ operator_policy }) => operator_policy ?? [])),
  };
}

function isMadeFor({ target }: Reading, policy: PolicyImage): boolean {
  const match = parsePattern(policy.pattern);
  if (!match) return false;
  if (policy['apply-to'] === 'queues') return isInside(target, 'queue', match);
  return policy['apply-to'] === 'exchanges' && isInside(target, 'exchange', match);
}

const view = (policy: PolicyImage, operator: boolean): z.output<typeof View> => ({
  name: policy.name,
  operator,
  pattern: policy.pattern,
  apply_to: policy['apply-to'],
  priority: policy.priority,
  definition: redactedTable(policy.definition),
});
