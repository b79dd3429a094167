import { z } from 'zod';
import type { Change } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { Path } from './client.ts';
import { isSame } from './definitions.ts';
import {
  affectedBy,
  allPolicies,
  assertInside,
  assertNothingUncovered,
  PolicyImage,
  policyPath,
} from './policy.ts';
import type { Writing } from './tool.ts';

const State = z.strictObject({ policy: PolicyImage.nullable() });
const MOST_AFFECTED = 100;

/** One policy of the target's virtual host; undefined when there is none. */
export const findPolicy = async (context: Writing, name: string): Promise<PolicyImage | undefined> =>
  (await allPolicies(context)).find((policy) => policy.name === name);

/** Makes a policy what it is given as, or deletes it. */
export async function changePolicy(
  { client, signal }: Writing,
  path: Path,
  policy: PolicyImage | null,
): Promise<void> {
  if (policy === null) await client.change({ method: 'DELETE', path }, signal);
  else {
    const { name: _, ...body } = policy;
    await client.change({ method: 'PUT', path, body }, signal);
  }
}

/** Whether the policy is what was there before, or absent as it was. */
export async function isPolicyBack(
  context: Writing,
  { args, before }: Change<{ readonly policy: string }>,
): Promise<boolean> {
  const policy = (await findPolicy(context, args.policy)) ?? null;
  return isSame({ policy }, State.parse(before));
}

/** Puts back the policy that was there before. Throws ToolError('conflict') when somebody changed it since. */
export async function takePolicyBack(
  context: Writing,
  { args, before, after }: Change<{ readonly policy: string }>,
): Promise<void> {
  const { target } = context;
  const was = State.parse(before).policy;
  // Nothing recorded means that the write did not begin.
  const left = after === null ? was : State.parse(after).policy;
  const found = (await findPolicy(context, args.policy)) ?? null;
  if (isSame({ policy: found }, { policy: was })) return;
  if (!isSame({ policy: found }, { policy: left }))
    throw new ToolError(
      'conflict',
      `somebody changed the policy ${args.policy} since the write; it stays as it is`,
    );
  for (const policy of [was, found]) {
    if (!policy) continue;
    assertInside(target, policy);
    const affected = await affectedBy(context, policy, MOST_AFFECTED);
    assertNothingUncovered(await allPolicies(context), args.policy, affected);
  }
  await changePolicy(context, policyPath(target, args.policy), was);
}
