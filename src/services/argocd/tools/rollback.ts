import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { Application, HistoryEntry } from '../api.ts';
import { historyOf } from '../application-view.ts';
import { deploy, Report } from '../deploy.ts';
import {
  Before,
  captureDeployed,
  deployBefore,
  fingerprint,
  isBackToFormer,
  precheckDeployed,
  refuseAutomated,
} from '../deployment.ts';
import { ApplicationName } from '../names.ts';
import { refuseDestructive, refuseIrreversible } from '../plan.ts';
import { ScopedApplication, writeScopeOf } from '../scope.ts';
import { tool } from '../tool.ts';

const After = z.strictObject({ deployed: z.string(), revisions: z.string() });

export const rollback = tool({
  name: 'argocd_rollback',
  access: 'write',
  reach: 'sub',
  title: 'Roll an application back',
  description:
    'Deploy an earlier history entry again, after a dry run. Refused under auto-sync, which would undo it, and where resources would be created. Git stays as it is, so the application is then OutOfSync.',
  params: z.strictObject({
    application: ApplicationName,
    id: z.number().int().min(0).describe('Of argocd_history'),
  }),
  output: Report,
  list: 'resources',
  scope: (target, { application, id }) => writeScopeOf(target, application, id),
  effect: {
    kind: 'update',
    way: 'deploys what was deployed before',
    capture: captureDeployed,
    isBack: isBackToFormer,
    precheck: precheckDeployed,
    async revert(context, { args, before, after }) {
      // Nothing recorded means that no more than the dry run was started.
      if (after === null) return;
      const { deployed, revisions } = After.parse(after);
      const was = Before.parse(before);
      const of = ScopedApplication.within(context.target, args.application);
      await deployBefore(context, of, was, ({ operation }, latest) => {
        const isSame = revisionText(operation.sync ?? {}) === revisions && !operation.sync?.dryRun;
        const isAlone = latest.id === was.history_id || fingerprint(latest) === deployed;
        return isSame && isAlone;
      });
    },
  },
  async run(context, { application: name, id }) {
    const of = ScopedApplication.within(context.target, name);
    const entry = entryOf(await context.client.application(of, context.signal), id);
    return deploy(context, {
      of,
      wanted: { kind: 'rollback', entry },
      check(application, plan) {
        refuseAutomated(application);
        refuseDestructive(application);
        if (plan) refuseIrreversible(plan);
      },
      after: () => ({ deployed: fingerprint(entry), revisions: revisionText(entry) }),
    });
  },
});

/** An earlier entry of the history. Throws ToolError: 'conflict' for the present one, 'not_found' for none. */
export function entryOf(application: Application, id: number): HistoryEntry {
  const entries = historyOf(application);
  const found = entries.find((entry) => entry.id === id);
  if (!found)
    throw new ToolError(
      'not_found',
      `the history has no entry ${id}; it has ${entries.map((entry) => entry.id).join(', ') || 'none'}`,
    );
  if (found === entries[0])
    throw new ToolError('conflict', `history entry ${id} is what is deployed already`);
  return found;
}

const revisionText = (of: Pick<HistoryEntry, 'revision' | 'revisions'>): string =>
  [of.revision ?? '', ...(of.revisions ?? [])].join();
