import { z } from 'zod';
import {
  AutoSync,
  autoSyncOf,
  OperationView,
  operationView,
  revisionsOf,
  SourceView,
  shortened,
  sourcesOf,
  sourceView,
} from '../application-view.ts';
import { ApplicationName } from '../names.ts';
import { isBusy } from '../operation.ts';
import { print } from '../plan.ts';
import { ScopedApplication } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

export const getApplication = tool({
  name: 'argocd_get_application',
  access: 'read',
  reach: 'sub',
  title: 'Describe an application',
  description:
    'Health, sync status, sources, images, conditions and last operation of an application, with the resources that are out of sync or not healthy.',
  params: z.strictObject({ application: ApplicationName }),
  output: z.strictObject({
    application: z.string(),
    sync: z.string(),
    revisions: z.array(z.string()).describe('That it was compared with, one for each source'),
    health: z.string(),
    health_message: z.string().optional(),
    auto_sync: AutoSync,
    sources: z.array(SourceView),
    destination: z.strictObject({ cluster: z.string(), namespace: z.string() }),
    sync_options: z.array(z.string()),
    images: z.array(z.string()),
    conditions: z.array(z.strictObject({ type: z.string(), message: z.string() })),
    in_progress: z.boolean(),
    operation: OperationView.optional(),
    resources: z.array(
      z.strictObject({ resource: z.string(), sync: z.string(), health: z.string(), message: z.string() }),
    ),
    ...completeness,
  }),
  list: 'resources',
  async run({ client, target, signal, limits }, args) {
    const found = await client.application(ScopedApplication.within(target, args.application), signal);
    const { spec, status } = found;
    const troubled = (status.resources ?? []).filter(
      (one) => one.status === 'OutOfSync' || !/^(Healthy|)$/.test(one.health?.status ?? ''),
    );
    const images = status.summary?.images ?? [];
    const conditions = status.conditions ?? [];
    const resources = troubled.slice(0, limits.rows);
    return {
      application: found.metadata.name,
      sync: status.sync?.status || 'Unknown',
      revisions: revisionsOf(status.sync ?? {}),
      health: status.health?.status || 'Unknown',
      ...(status.health?.message ? { health_message: shortened(status.health.message) } : {}),
      auto_sync: autoSyncOf(spec),
      sources: sourcesOf(spec).map(sourceView),
      destination: {
        cluster: spec.destination.name || spec.destination.server || '',
        namespace: spec.destination.namespace ?? '',
      },
      sync_options: spec.syncPolicy?.syncOptions ?? [],
      images: images.slice(0, limits.rows),
      conditions: conditions
        .slice(0, limits.rows)
        .map(({ type, message }) => ({ type, message: shortened(message) })),
      in_progress: isBusy(found),
      ...(status.operationState ? { operation: operationView(status.operationState) } : {}),
      resources: resources.map((one) => ({
        resource: print(one),
        sync: one.status ?? '',
        health: one.health?.status ?? '',
        message: shortened(one.health?.message),
      })),
      ...complete(
        [troubled, images, conditions].some(({ length }) => length > limits.rows),
        'argocd_resource_tree lists by kind',
      ),
    };
  },
});
