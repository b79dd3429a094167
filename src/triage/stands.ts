import type { ProposedAction } from './action.ts';
import type { Revision } from './backend.ts';

/**
 * Whether a service stands as a rollback leaves it. Going back to a revision gives it a new number, so what shows is
 * that the number is gone and that what ran before runs no more.
 */
export function isRolledBack(
  action: Extract<ProposedAction, { kind: 'rollback_deploy' }>,
  revisions: readonly Revision[],
): boolean {
  const present = revisions.find(({ current }) => current)?.revision;
  const isListed = revisions.some(({ revision }) => revision === action.revision);
  return (
    present === action.revision ||
    (!isListed && present !== undefined && present !== action.way_back.revision)
  );
}
