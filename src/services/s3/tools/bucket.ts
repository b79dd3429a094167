import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { LifecycleRule } from '../model.ts';
import { summaryOf } from '../policy.ts';
import { complete, completeness, tool } from '../tool.ts';

const Rule = z.strictObject({
  id: z.string().optional(),
  enabled: z.boolean(),
  prefix: z.string(),
  expire_after_days: z.number().optional(),
  expire_on: z.string().optional(),
  expire_noncurrent_after_days: z.number().optional(),
  abort_uploads_after_days: z.number().optional(),
  moves_to: z.array(z.string()),
  has_more_conditions: z.boolean().describe('It asks for tags or sizes too'),
});

export const bucket = tool({
  name: 's3_bucket',
  access: 'read',
  reach: 'sub',
  title: 'Settings of a bucket',
  description:
    'Versioning, public access, what the policy comes to, and the lifecycle rules that touch the target. null: none is set, or unknown says why not.',
  params: z.strictObject({}),
  output: z.strictObject({
    versioning: z.enum(['off', 'enabled', 'suspended']).nullable(),
    mfa_delete: z.boolean().nullable(),
    public_access_block: z
      .strictObject({
        block_public_acls: z.boolean(),
        ignore_public_acls: z.boolean(),
        block_public_policy: z.boolean(),
        restrict_public_buckets: z.boolean(),
      })
      .nullable(),
    policy: z
      .strictObject({
        statements: z.number().int(),
        allows_everyone: z.enum(['yes', 'on_condition', 'no']),
      })
      .nullable(),
    lifecycle: z.array(Rule).nullable(),
    unknown: z.array(z.strictObject({ what: z.string(), why: z.string() })),
    ...completeness,
  }),
  async run({ client, target, signal, limits }) {
    const unknown: { what: string; why: string }[] = [];
    const tried = async <T>(what: string, answer: Promise<T>): Promise<T | null> =>
      answer.catch((error: unknown) => {
        if (!(error instanceof ToolError) || !MAY_LACK.has(error.code)) throw error;
        unknown.push({ what, why: error.detail });
        return null;
      });
    const [versioning, block, text, rules] = await Promise.all([
      tried('versioning', client.versioning(signal)),
      tried('public_access_block', client.publicAccessBlock(signal)),
      tried('policy', client.policy(signal)),
      tried('lifecycle', client.lifecycle(signal)),
    ]);
    const policy = text === null ? null : summaryOf(text);
    if (text !== null && policy === null)
      unknown.push({ what: 'policy', why: 'it is none that is understood' });
    const ours = rules?.filter((rule) => touches(rule, target.scope.prefixes)) ?? null;
    return {
      versioning: versioning?.state ?? null,
      mfa_delete: versioning?.mfaDelete ?? null,
      public_access_block: block,
      policy,
      lifecycle:
        ours?.slice(0, limits.rows).map((rule) => ({ ...rule, moves_to: [...rule.moves_to] })) ?? null,
      unknown: unknown.sort((a, b) => (a.what < b.what ? -1 : 1)),
      ...complete((ours?.length ?? 0) > limits.rows, 'there are more lifecycle rules than the limit of rows'),
    };
  },
});

/** What an account or a server may not have, without the rest being in doubt. */
const MAY_LACK: ReadonlySet<string> = new Set([
  'permission_denied',
  'query_failed',
  'conflict',
  'backend_failed',
]);

/** Whether a rule is about keys of the target: its own prefix is the longer one, or the shorter. */
const touches = ({ prefix }: LifecycleRule, prefixes: readonly string[] | undefined): boolean =>
  prefixes === undefined || prefixes.some((own) => own.startsWith(prefix) || prefix.startsWith(own));
