import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { HistoryEntry } from '../api.ts';
import { historyOf, revisionsOf, SourceView, shortened, sourcesOf, sourceView } from '../application-view.ts';
import { ApplicationName, CommitId } from '../names.ts';
import { ScopedApplication } from '../scope.ts';
import { complete, completeness, type Reading, tool } from '../tool.ts';

export const history = tool({
  name: 'argocd_history',
  access: 'read',
  reach: 'sub',
  title: 'List deployments',
  description:
    'List an application’s deployments, newest first, the first being what is deployed. Argo CD keeps ten unless told otherwise.',
  params: z.strictObject({
    application: ApplicationName,
    commit_of: z.number().int().min(0).optional().describe('Id of an entry whose Git commit is shown too'),
  }),
  output: z.strictObject({
    entries: z.array(
      z.strictObject({
        id: z.number().int(),
        revisions: z.array(z.string()),
        deployed: z.string(),
        by: z.string(),
        sources: z.array(SourceView),
      }),
    ),
    commit: z
      .strictObject({ id: z.string(), author: z.string(), date: z.string(), message: z.string() })
      .optional(),
    ...completeness,
  }),
  list: 'entries',
  async run(context, { application, commit_of: id }) {
    const of = ScopedApplication.within(context.target, application);
    const all = historyOf(await context.client.application(of, context.signal));
    const entries = all.slice(0, context.limits.rows).map((entry) => ({
      id: entry.id,
      revisions: revisionsOf(entry),
      deployed: entry.deployedAt ?? '',
      by: entry.initiatedBy?.automated ? 'auto-sync' : (entry.initiatedBy?.username ?? ''),
      sources: sourcesOf(entry).map(sourceView),
    }));
    const chosen = all.find((entry) => entry.id === id);
    if (id !== undefined && !chosen) throw new ToolError('not_found', `the history has no entry ${id}`);
    return {
      entries,
      ...(chosen ? { commit: await commitOf(context, of, chosen) } : {}),
      ...complete(all.length > entries.length, 'older entries are left out'),
    };
  },
});

async function commitOf({ client, signal }: Reading, of: ScopedApplication, entry: HistoryEntry) {
  const commit = CommitId.safeParse(entry.revision);
  if (!commit.success)
    throw new ToolError(
      'invalid_arguments',
      `commit_of: entry ${entry.id} is not one commit of one Git source`,
    );
  const { author, date, message } = await client.commit(of, commit.data, signal);
  return {
    id: commit.data,
    author: author ?? '',
    date: date ?? '',
    message: shortened(message),
  };
}
