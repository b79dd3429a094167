import { z } from 'zod';
import { decideApproval } from '../decisions.ts';
import type { Action, Endpoint } from './endpoint.ts';
import { impactOf } from './impact.ts';
import type { ShownApproval } from './wire.ts';

/** `GET approvals`: the writes that wait for a human, and what became of those asked lately. */
export const showApprovals: Endpoint<readonly ShownApproval[]> = async ({ stackward }) => {
  const { approvals, catalogs } = stackward;
  const graph = catalogs.graph();
  return (await approvals.list())
    .map(({ args, binding: _sealed, topology, ...one }) => ({
      ...one,
      arguments: JSON.stringify(args, null, 2),
      current: topology === graph.hash,
      affected: impactOf(graph, one.target.split('/')[0] ?? ''),
    }))
    .reverse();
};

const Answer = z.strictObject({
  id: z.string().max(64),
  decision: z.enum(['approved', 'refused']),
  reason: z.string().trim().min(1, 'say why').max(500),
});

/** `POST approvals/decide`. */
export const decide: Action<{ id: string; decision: string }> = async ({ stackward }, body, by) => {
  const answer = Answer.parse(body);
  await decideApproval(stackward, { ...answer, by });
  return { id: answer.id, decision: answer.decision };
};
