import { z } from 'zod';
import { autoSyncOf, isAutomated } from '../application-view.ts';
import { deploy, Report } from '../deploy.ts';
import { refuseAutomated } from '../deployment.ts';
import { ApplicationName } from '../names.ts';
import { ScopedApplication, writeScopeOf } from '../scope.ts';
import { tool, type Writing } from '../tool.ts';
import { entryOf } from './rollback.ts';

export const deployIrreversibly = tool({
  name: 'argocd_deploy_irreversibly',
  access: 'write',
  reach: 'sub',
  title: 'Deploy without a way back',
  description:
    'Sync, or roll back to a history id, where argocd_sync and argocd_rollback refuse: it creates resources, runs hooks, replaces, was never deployed, or auto-sync is on. After a dry run; prunes nothing.',
  params: z.strictObject({
    application: ApplicationName,
    history_id: z.number().int().min(0).optional().describe('Absent: the target revision'),
  }),
  output: Report,
  list: 'resources',
  effect: {
    kind: 'update',
    irreversible:
      'what it creates stays, what hooks do is not undone, and under auto-sync Argo CD takes no rollback',
  },
  scope: (target, { application, history_id: id }) => writeScopeOf(target, application, id),
  async run(context, { application: name, history_id: id }) {
    const of = ScopedApplication.within(context.target, name);
    let note: string | undefined;
    const report = await deploy(context, {
      of,
      wanted: await wantedOf(context, of, id),
      check(application) {
        if (id !== undefined) refuseAutomated(application);
        if (isAutomated(application.spec))
          note = `auto-sync is ${autoSyncOf(application.spec)}: Argo CD goes on deploying what Git says`;
      },
    });
    return { ...(note === undefined ? {} : { note }), ...report };
  },
});

async function wantedOf({ client, signal }: Writing, of: ScopedApplication, id: number | undefined) {
  if (id === undefined) return { kind: 'sync' } as const;
  return { kind: 'rollback', entry: entryOf(await client.application(of, signal), id) } as const;
}
