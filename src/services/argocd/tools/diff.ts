import { z } from 'zod';
import { diffOf, ResourceDiff } from '../diff.ts';
import { ApplicationName, Kind } from '../names.ts';
import { print } from '../plan.ts';
import { ScopedApplication } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

export const diff = tool({
  name: 'argocd_diff',
  access: 'read',
  reach: 'sub',
  title: 'Diff live and target state',
  description:
    'Show how the live resources of an application differ from its target revision. Images, names, numbers and quantities are shown; of Secrets, variables, arguments and configuration only that they differ.',
  params: z.strictObject({ application: ApplicationName, kind: Kind.optional() }),
  output: z.strictObject({ resources: z.array(ResourceDiff), ...completeness }),
  list: 'resources',
  async run({ client, target, signal, limits }, { application, kind }) {
    const managed = await client.managed(ScopedApplication.within(target, application), signal);
    const found = managed
      .filter((one) => !one.hook && (kind === undefined || one.kind === kind))
      .flatMap((one) => diffOf(one, print(one)) ?? []);
    const resources = found.slice(0, limits.rows);
    const isCut = resources.length < found.length || resources.some(({ more }) => more !== undefined);
    return { resources, ...complete(isCut, 'ask for one kind; a resource shows its first 40 changes') };
  },
});
