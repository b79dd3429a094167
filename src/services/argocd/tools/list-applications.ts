import { z } from 'zod';
import { AutoSync, autoSyncOf, SourceView, sourcesOf, sourceView } from '../application-view.ts';
import { placeOf } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

const SYNC = z.enum(['Synced', 'OutOfSync', 'Unknown']);
const HEALTH = z.enum(['Healthy', 'Progressing', 'Degraded', 'Suspended', 'Missing', 'Unknown']);

export const listApplications = tool({
  name: 'argocd_list_applications',
  access: 'read',
  reach: 'sub',
  title: 'List applications',
  description: 'List the project’s applications with health, sync status, sources and last operation.',
  params: z.strictObject({ sync: SYNC.optional(), health: HEALTH.optional() }),
  output: z.strictObject({
    applications: z.array(
      z.strictObject({
        application: z.string(),
        sync: z.string(),
        health: z.string(),
        auto_sync: AutoSync,
        sources: z.array(SourceView),
        last_operation: z.string().optional(),
        last_finished: z.string().optional(),
      }),
    ),
    ...completeness,
  }),
  list: 'applications',
  async run({ client, target, signal, limits }, { sync, health }) {
    const found = await client.applications(placeOf(target.sub, target.scope), signal);
    const views = found
      .map(({ metadata, spec, status }) => ({
        application: metadata.name,
        sync: status.sync?.status || 'Unknown',
        health: status.health?.status || 'Unknown',
        auto_sync: autoSyncOf(spec),
        sources: sourcesOf(spec).map(sourceView),
        ...(status.operationState?.phase ? { last_operation: status.operationState.phase } : {}),
        ...(status.operationState?.finishedAt ? { last_finished: status.operationState.finishedAt } : {}),
      }))
      .filter((one) => (sync ?? one.sync) === one.sync && (health ?? one.health) === one.health);
    const applications = views.slice(0, limits.rows);
    return {
      applications,
      ...complete(views.length > applications.length, 'ask for one sync status or one health'),
    };
  },
});
