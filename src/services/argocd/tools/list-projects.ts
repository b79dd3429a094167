import { z } from 'zod';
import type { Project } from '../api.ts';
import { placeOf } from '../scope.ts';
import { complete, completeness, tool } from '../tool.ts';

const MOST_EACH = 50;

export const listProjects = tool({
  name: 'argocd_list_projects',
  access: 'read',
  reach: 'component',
  title: 'List projects',
  description:
    'List the linked projects with the repositories, destinations and sync windows that each allows.',
  params: z.strictObject({}),
  output: z.strictObject({
    projects: z.array(
      z.strictObject({
        target: z.string(),
        project: z.string(),
        description: z.string(),
        repositories: z.array(z.string()),
        destinations: z.array(z.string()),
        sync_windows: z.array(z.string()),
        more: z.literal(true).optional().describe('A list of it was cut'),
      }),
    ),
    ...completeness,
  }),
  list: 'projects',
  async run({ client, target, signal, limits }) {
    const all = new Map((await client.projects(signal)).map((one) => [one.metadata.name, one]));
    const linked = [...target.reach].flatMap(([sub, entry]) => {
      const project = all.get(placeOf(sub, entry).project);
      return project ? [viewOf(`${target.component}/${sub}`, project)] : [];
    });
    const projects = linked.slice(0, limits.rows);
    const isCut = projects.length < linked.length || projects.some(({ more }) => more);
    return { projects, ...complete(isCut, 'each list shows its first 50') };
  },
});

function viewOf(target: string, { metadata, spec }: Project) {
  const repositories = spec.sourceRepos ?? [];
  const destinations = spec.destinations ?? [];
  const windows = spec.syncWindows ?? [];
  const isCut = [repositories, destinations, windows].some(({ length }) => length > MOST_EACH);
  return {
    target,
    project: metadata.name,
    description: spec.description ?? '',
    repositories: repositories.slice(0, MOST_EACH),
    destinations: destinations
      .slice(0, MOST_EACH)
      .map(({ server, name, namespace }) => `${name || server || '*'} ${namespace || '*'}`),
    sync_windows: windows
      .slice(0, MOST_EACH)
      .map(({ kind, schedule, duration, timeZone, applications }) =>
        [kind, schedule, duration, timeZone ?? 'UTC', ...(applications ?? [])].join(' '),
      ),
    ...(isCut ? { more: true as const } : {}),
  };
}
