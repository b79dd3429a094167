import { z } from 'zod';
import { shortened } from '../application-view.ts';
import { ApplicationName, Kind } from '../names.ts';
import { print } from '../plan.ts';
import { ScopedApplication } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

export const resourceTree = tool({
  name: 'argocd_resource_tree',
  access: 'read',
  reach: 'sub',
  title: 'List the resources of an application',
  description:
    'List what an application consists of in the cluster, down to its pods, with health and images.',
  params: z.strictObject({
    application: ApplicationName,
    kind: Kind.optional(),
    unhealthy: z.boolean().default(false).describe('Only resources whose health is known and not Healthy'),
  }),
  output: z.strictObject({
    resources: z.array(
      z.strictObject({
        resource: z.string(),
        parent: z.string().optional(),
        health: z.string().optional(),
        message: z.string().optional(),
        images: z.array(z.string()).optional(),
        created: z.string().optional(),
      }),
    ),
    ...completeness,
  }),
  list: 'resources',
  async run({ client, target, signal, limits }, { application, kind, unhealthy }) {
    const nodes = (await client.tree(ScopedApplication.within(target, application), signal))
      .filter((node) => kind === undefined || node.kind === kind)
      .filter(({ health }) => !unhealthy || !/^(Healthy|)$/.test(health?.status ?? ''));
    const resources = nodes.slice(0, limits.rows).map((node) => ({
      resource: print(node),
      ...(node.parentRefs?.[0] ? { parent: print(node.parentRefs[0]) } : {}),
      ...(node.health?.status ? { health: node.health.status } : {}),
      ...(node.health?.message ? { message: shortened(node.health.message) } : {}),
      ...(node.images?.length ? { images: node.images } : {}),
      ...(node.createdAt ? { created: node.createdAt } : {}),
    }));
    return {
      resources,
      ...complete(nodes.length > resources.length, 'name a kind, or ask for unhealthy ones'),
    };
  },
});
