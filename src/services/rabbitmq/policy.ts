import { z } from 'zod';
import type { Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { Policy, Table } from './api.ts';
import type { Path } from './client.ts';
import type { VhostEntry } from './connection.ts';
import { list } from './listing.ts';
import { isInside, matcherOf, parsePattern } from './policy-pattern.ts';
import { isWhole, vhostOf } from './scope.ts';
import type { Reading, Writing } from './tool.ts';

export const PolicyImage = z.strictObject({
  name: z.string(),
  pattern: z.string(),
  'apply-to': z.string(),
  definition: Table,
  priority: z.number(),
});
export type PolicyImage = z.output<typeof PolicyImage>;

/** Settings under which a queue drops messages or goes away. What they took, nothing brings back. */
const LOSING = new Set([
  'message-ttl',
  'expires',
  'max-length',
  'max-length-bytes',
  'overflow',
  'delivery-limit',
  'max-age',
  'stream-max-segment-size-bytes',
]);

/** Whether a policy can cost messages. */
export const loses = (policy: Pick<PolicyImage, 'definition'>): boolean =>
  Object.keys(policy.definition).some((key) => LOSING.has(key));

/** Path of one policy of the target's virtual host. */
export const policyPath = (target: Target<VhostEntry>, name: string): Path => [
  'policies',
  vhostOf(target),
  name,
];

/** The policies of the target's virtual host, whatever they match. */
export async function allPolicies(
  { client, target, signal }: Pick<Reading, 'client' | 'target' | 'signal'>,
  kind: 'policies' | 'operator-policies' = 'policies',
): Promise<PolicyImage[]> {
  const all = await client.get({ path: [kind, vhostOf(target)], shape: z.array(Policy) }, signal);
  return all.map(({ name, pattern, definition, priority, ...rest }) => ({
    name,
    pattern,
    'apply-to': rest['apply-to'],
    definition,
    priority,
  }));
}

/** Throws ToolError('not_linked') unless a policy that exists is one that the target may change. */
export function assertInside(target: Target<VhostEntry>, policy: PolicyImage): void {
  if (isWhole(target)) return;
  const match = parsePattern(policy.pattern);
  const kind =
    policy['apply-to'] === 'queues' ? 'queue' : policy['apply-to'] === 'exchanges' ? 'exchange' : undefined;
  if (match && kind && isInside(target, kind, match)) return;
  throw new ToolError(
    'not_linked',
    `the policy ${policy.name} is not one made here for names inside ${target.name}; it stays as it is`,
  );
}

/** How many queues and exchanges of the virtual host a policy applies to; those of others count too. */
export async function affectedBy(
  { client, target, signal }: Writing,
  policy: Pick<PolicyImage, 'pattern' | 'apply-to'>,
  most: number,
): Promise<string[]> {
  const whole: Target<VhostEntry> = { ...target, scope: { vhost: vhostOf(target) } };
  const matches = matcherOf(policy.pattern);
  const kinds = policy['apply-to'] === 'all' ? (['queue', 'exchange'] as const) : kindsOf(policy['apply-to']);
  const names: string[] = [];
  for (const kind of kinds) {
    const all = await list(
      client,
      { target: whole, kind, shape: Named, columns: ['name'], prefix: '', most: MOST_LISTED },
      signal,
    );
    if (all.length === MOST_LISTED)
      throw new ToolError(
        'conflict',
        `the virtual host has over ${MOST_LISTED} ${kind}s; what the policy does cannot be told`,
      );
    names.push(...all.map(({ name }) => name).filter(matches));
  }
  if (names.length > most)
    throw new ToolError(
      'invalid_arguments',
      `the policy applies to ${names.length} queues and exchanges and max_affected is ${most}; match fewer`,
    );
  return names;
}
const Named = z.object({ name: z.string() });
const MOST_LISTED = 50_000;

const kindsOf = (applyTo: string) =>
  applyTo === 'exchanges' ? (['exchange'] as const) : (['queue'] as const);

/**
 * Refuses a change that, made or taken back, would put a limit on queues that hold more than it allows: only one
 * policy applies to a queue, so whichever goes or comes uncovers or covers another.
 */
export function assertNothingUncovered(
  policies: readonly PolicyImage[],
  name: string,
  affected: readonly string[],
): void {
  const own = policies.find((policy) => policy.name === name);
  if (own && loses(own))
    throw new ToolError(
      'conflict',
      `the policy ${name} limits its queues; putting it back could drop messages, so it is not changed here`,
    );
  const other = policies.find(
    (policy) => policy.name !== name && loses(policy) && affected.some(matcherOf(policy.pattern)),
  );
  if (other)
    throw new ToolError(
      'conflict',
      `the policy ${other.name} limits some of the same queues; covering or uncovering it could drop messages`,
    );
}
