import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { Application } from '../api.ts';
import { historyOf, sourcesOf } from '../application-view.ts';
import { deploy, markOf, Report } from '../deploy.ts';
import {
  Before,
  captureDeployed,
  deployBefore,
  isBackToFormer,
  isMarked,
  refuseAutomated,
} from '../deployment.ts';
import { ApplicationName, CommitId } from '../names.ts';
import { refuseDestructive, refuseIrreversible } from '../plan.ts';
import { ScopedApplication, writeScopeOf } from '../scope.ts';
import { tool } from '../tool.ts';

const After = z.strictObject({ mark: z.string() });

export const sync = tool({
  name: 'argocd_sync',
  access: 'write',
  reach: 'sub',
  title: 'Sync an application',
  description:
    'Deploy an application’s target revision, after a dry run. Only updates that can be taken back: nothing pruned or created, no hooks, no auto-sync. Changes made by hand in the cluster are overwritten for good.',
  params: z.strictObject({
    application: ApplicationName,
    revision: CommitId.optional().describe('A commit of argocd_history instead of the target revision'),
  }),
  output: Report,
  list: 'resources',
  scope: (target, { application }) => writeScopeOf(target, application),
  effect: {
    kind: 'update',
    way: 'deploys what was deployed before',
    capture: captureDeployed,
    isBack: isBackToFormer,
    async revert(context, { args, before, after }) {
      // Nothing recorded means that no more than the dry run was started.
      if (after === null) return;
      const { mark } = After.parse(after);
      const of = ScopedApplication.within(context.target, args.application);
      await deployBefore(context, of, Before.parse(before), (state) => isMarked(state, mark));
    },
  },
  run: (context, { application: name, revision }) =>
    deploy(context, {
      of: ScopedApplication.within(context.target, name),
      wanted: { kind: 'sync', revision },
      check(application, plan) {
        refuseAutomated(application);
        refuseDestructive(application);
        if (revision !== undefined) assertDeployed(application, revision);
        if (plan) refuseIrreversible(plan);
      },
      after: { mark: markOf(context) },
    }),
});

/** Throws ToolError unless a commit was deployed before, from the one source that the application has. */
function assertDeployed(application: Application, revision: string): void {
  if (sourcesOf(application.spec).length > 1)
    throw new ToolError('invalid_arguments', 'revision: the application has several sources');
  if (!historyOf(application).some((entry) => entry.revision === revision))
    throw new ToolError('not_found', `the history has no commit ${revision}; ask argocd_history`);
}
