import { z } from 'zod';
import { refuseAutomated } from '../deployment.ts';
import { ApplicationName } from '../names.ts';
import { ScopedApplication, writeScopeOf } from '../scope.ts';
import { tool } from '../tool.ts';

export const refresh = tool({
  name: 'argocd_refresh',
  access: 'write',
  reach: 'sub',
  title: 'Compare an application with Git',
  description:
    'Make Argo CD compare an application with Git now. Deploys nothing; refused under auto-sync, where a difference would be deployed.',
  params: z.strictObject({
    application: ApplicationName,
    hard: z.boolean().default(false).describe('Also render the manifests anew'),
  }),
  output: z.strictObject({ application: z.string(), sync: z.string(), health: z.string() }),
  effect: {
    kind: 'update',
    way: 'changes nothing, since a comparison deploys nothing',
    async capture({ client, target, signal }, { application }) {
      const found = await client.application(ScopedApplication.within(target, application), signal);
      return { sync: found.status.sync?.status ?? null };
    },
    // What Argo CD knows is newer than before, and nothing that runs has changed: there is nothing to put back.
    revert: async () => {},
    isBack: async () => true,
  },
  scope: (target, { application }) => writeScopeOf(target, application),
  async run({ client, target, signal }, { application: name, hard }) {
    const of = ScopedApplication.within(target, name);
    refuseAutomated(await client.application(of, signal));
    const { status } = await client.refresh(of, hard, signal);
    return {
      application: name,
      sync: status.sync?.status ?? 'Unknown',
      health: status.health?.status ?? 'Unknown',
    };
  },
});
