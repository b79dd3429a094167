import { z } from 'zod';
import { ToolError, tool } from '../tool.ts';

/** The stack's own client may ask about everybody; an agent, about itself. */
const OWN_CLIENT = 'stack';

export const explainAccess = tool({
  name: 'stack_explain_access',
  access: 'read',
  reach: 'stack',
  title: 'Why a tool is there or absent',
  description:
    'Says for each operation of a component, or the one named, whether you may call it and why: the link that reaches it, the cap, the protection and the write flag that decide.',
  params: z.strictObject({
    component: z.string().min(1).max(64),
    operation: z.string().min(1).max(48).optional().describe('Tool name, such as pg_execute'),
    principal: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe('Another agent; only the stack’s own client may ask this'),
  }),
  output: z.strictObject({
    component: z.string(),
    principal: z.string(),
    operations: z.array(
      z.strictObject({
        tool: z.string(),
        target: z.string(),
        access: z.enum(['read', 'write']),
        allowed: z.boolean(),
        reasons: z.array(z.string()),
      }),
    ),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'operations',
  async run({ stack, principal }, { component, operation, principal: other }) {
    if (other !== undefined && other !== principal && principal !== OWN_CLIENT) {
      throw new ToolError('invalid_arguments', `${principal} may ask about itself only; leave principal out`);
    }
    const about = other ?? principal;
    const question = { component, principal: about, ...(operation === undefined ? {} : { tool: operation }) };
    const operations = stack.explain(question).map((one) => ({ ...one, reasons: [...one.reasons] }));
    return { component, principal: about, operations, truncated: false };
  },
});
