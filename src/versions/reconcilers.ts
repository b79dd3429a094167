import { isDeepStrictEqual } from 'node:util';
import type { Catalog } from '../toolset/catalog.ts';
import type { PlannedReconciler } from '../toolset/versions-view.ts';
import { dueChanges } from './due-changes.ts';
import type { Journal, JournalPause } from './journal.ts';
import { offers } from './precheck.ts';
import type { WholeVersion } from './version.ts';

/** Why a plan cannot be carried out past the reconcilers that would undo its steps. */
export function reconcilersInTheWay(
  reconcilers: readonly PlannedReconciler[],
  { isConsented, catalog }: { isConsented: boolean; catalog: Catalog },
): string[] {
  return reconcilers.flatMap(({ of, target, name, does, pause }) => {
    const undoing = `version ${of}: ${name} ${does}, so it would undo this`;
    if (!pause) return [`${undoing}, and Stackward cannot hold it still; do so yourself, and plan again`];
    if (!isConsented)
      return [
        `${undoing}; hold it still yourself, or plan with --pause-reconcilers (pause_reconcilers: true), after which ${pause.state}`,
      ];
    return offers(catalog, pause.tool, target)
      ? []
      : [
          `${undoing}, and ${catalog.principal} may not hold it still: ${pause.tool} needs writes to ${target}`,
        ];
  });
}

/** What of the history held a reconciler still for a rollback and stands, newest first. */
export function standingPauses(journal: Journal, later: readonly WholeVersion[]): readonly WholeVersion[] {
  return dueChanges(later).filter((version) => version.cause === 'write' && isPauseOf(journal, version));
}

/** Whether a write is one by which a rollback held a reconciler still. */
export const isPauseOf = ({ steps }: Journal, { change }: WholeVersion): boolean =>
  change !== undefined &&
  steps.some(
    ({ target, pauses = [] }) =>
      target === change.target &&
      pauses.some(({ tool, args }) => tool === change.tool && isDeepStrictEqual(args, change.args)),
  );

/** Every pause of a rollback, with the target of its step. */
export const pausesOf = ({ steps }: Journal): readonly (JournalPause & { readonly target: string })[] =>
  steps.flatMap(({ target, pauses = [] }) => pauses.map((pause) => ({ ...pause, target })));
