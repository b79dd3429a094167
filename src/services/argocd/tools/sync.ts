import { z } from 'zod';
import type { JsonValue, Precheck, ReadContext, UndoStep } from '../../../toolset/define.ts';
import { ToolError } from '../../../toolset/errors.ts';
import type { Application } from '../api.ts';
import { historyOf, sourcesOf } from '../application-view.ts';
import { type Deployment, deploy, markOf, Report } from '../deploy.ts';
import {
  Before,
  captureDeployed,
  deployBefore,
  isBackToFormer,
  isMarked,
  precheckDeployed,
  refuseAutomated,
} from '../deployment.ts';
import { ApplicationName, CommitId } from '../names.ts';
import { refuseDestructive, refuseIrreversible } from '../plan.ts';
import { ScopedApplication, writeScopeOf } from '../scope.ts';
import { type ArgoTypes, tool, type Writing } from '../tool.ts';

/** `revision`: the commit that it deployed, from the one source that there was. */
const After = z.strictObject({ mark: z.string(), revision: CommitId.exactOptional() });

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
    precheck: precheckSynced,
    async revert(context, { args, before, after }) {
      // Nothing recorded means that no more than the dry run was started.
      if (after === null) return;
      const { mark } = After.parse(after);
      const of = ScopedApplication.within(context.target, args.application);
      await deployBefore(context, of, Before.parse(before), (state) => isMarked(state, mark));
    },
  },
  async run(context, { application: name, revision }) {
    const { again } = context;
    // Made again it deploys the commit of then: by now Git may say another.
    const wanted = again ? pinOf(again.after) : revision;
    return deploy(
      context,
      deploymentOf(context, name, wanted, (application) => {
        if (!again && revision !== undefined) assertDeployed(application, revision);
      }),
    );
  },
});

const deploymentOf = (
  context: Writing,
  name: string,
  revision: string | undefined,
  assertMay: (application: Application) => void,
): Deployment => ({
  of: ScopedApplication.within(context.target, name),
  wanted: { kind: 'sync', revision },
  check(application, plan) {
    refuseAutomated(application);
    refuseDestructive(application);
    assertMay(application);
    if (plan) refuseIrreversible(plan);
  },
  after([tried, ...others]) {
    const commit = others.length === 0 ? CommitId.safeParse(tried).data : undefined;
    return { mark: markOf(context), ...(commit === undefined ? {} : { revision: commit }) };
  },
});

/** The commit that a sync deployed. Throws ToolError('conflict') where none was recorded. */
function pinOf(after: JsonValue): string {
  const { revision } = After.partial().parse(after ?? {});
  if (revision === undefined)
    throw new ToolError(
      'conflict',
      'which commit it deployed was not recorded, as with several sources, so it cannot be made again as it was; sync it anew',
    );
  return revision;
}

async function precheckSynced(
  context: ReadContext<ArgoTypes>,
  step: UndoStep<{ readonly application: string }>,
): Promise<Precheck> {
  if (step.how === 'redo') pinOf(step.after);
  return precheckDeployed(context, step);
}

/** Throws ToolError unless a commit was deployed before, from the one source that the application has. */
function assertDeployed(application: Application, revision: string): void {
  if (sourcesOf(application.spec).length > 1)
    throw new ToolError('invalid_arguments', 'revision: the application has several sources');
  if (!historyOf(application).some((entry) => entry.revision === revision))
    throw new ToolError('not_found', `the history has no commit ${revision}; ask argocd_history`);
}
