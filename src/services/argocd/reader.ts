import type { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import type { HttpClient } from '../../toolset/http/client.ts';
import {
  Application,
  ApplicationList,
  CanI,
  Commit,
  type Event,
  Events,
  LISTED_FIELDS,
  type ListedApplication,
  type ManagedResource,
  ManagedResources,
  type Project,
  ProjectList,
  type ResourceKey,
  Tree,
  type TreeNode,
} from './api.ts';
import { entriesOf, type LogEntry, LogText } from './log-stream.ts';
import { type Place, reaches, type ScopedApplication, USUAL_NAMESPACE } from './scope.ts';

type Pairs = readonly (readonly [string, string])[];

/** Which lines of which pod. */
export interface LogQuery {
  readonly pod: ResourceKey;
  readonly container?: string | undefined;
  readonly tailLines: number;
  readonly sinceSeconds?: number | undefined;
  readonly previous: boolean;
}

/** Argo CD's API, reading alone. What comes back lies in the project and the list that it is asked for. */
export interface ArgoReader {
  applications(place: Place, signal: AbortSignal): Promise<readonly ListedApplication[]>;
  /** Throws ToolError('not_found') also for one that the server says is in another project or namespace. */
  application(of: ScopedApplication, signal: AbortSignal): Promise<Application>;
  tree(of: ScopedApplication, signal: AbortSignal): Promise<readonly TreeNode[]>;
  managed(of: ScopedApplication, signal: AbortSignal): Promise<readonly ManagedResource[]>;
  /** Events of the Application object, or of one resource in its tree. */
  events(of: ScopedApplication, node: TreeNode | undefined, signal: AbortSignal): Promise<readonly Event[]>;
  /** Entries of a pod that is in the application's tree, oldest first. */
  logs(of: ScopedApplication, query: LogQuery, signal: AbortSignal): Promise<readonly LogEntry[]>;
  /** Whether the account may sync an application, or change its settings. */
  may(of: ScopedApplication, action: 'sync' | 'update', signal: AbortSignal): Promise<boolean>;
  /** Who wrote a commit of the application's first source. */
  commit(of: ScopedApplication, id: string, signal: AbortSignal): Promise<z.output<typeof Commit>>;
  /** Every project that the account may see; the caller keeps those that are linked. */
  projects(signal: AbortSignal): Promise<readonly Project[]>;
}

/** Whether the server's own word puts an application into a place. */
const isAt = (place: Place, { metadata, spec }: Pick<Application, 'metadata' | 'spec'>): boolean =>
  spec.project === place.project && metadata.namespace === place.namespace && reaches(place, metadata.name);

export const placed = ({ project, namespace }: Place): Pairs => [
  ['project', project],
  ['appNamespace', namespace],
];

export const pathOf = ({ name }: ScopedApplication, ...below: string[]) => ['applications', name, ...below];

/** Throws ToolError('not_found') unless the server's answer is the very application that was asked for. */
export function assertAsked(of: ScopedApplication, found: Application): Application {
  if (found.metadata.name === of.name && isAt(of.place, found)) return found;
  throw new ToolError('not_found', `there is no application ${of.name} in the project ${of.place.project}`);
}

/** Makes a reader. */
export function createReader(http: HttpClient): ArgoReader {
  const application: ArgoReader['application'] = async (of, signal) => {
    const request = {
      method: 'GET',
      path: pathOf(of),
      query: placed(of.place),
      answer: Application,
    } as const;
    return assertAsked(of, await http.ask(request, signal));
  };
  /** Looks at the application first: what lies below one does not say which project it is of. */
  const below =
    <T>(leaf: string, answer: z.ZodType<T>) =>
    async (of: ScopedApplication, signal: AbortSignal, more: Pairs = []): Promise<T> => {
      await application(of, signal);
      const query = [...placed(of.place), ...more];
      return http.ask({ method: 'GET', path: pathOf(of, leaf), query, answer }, signal);
    };
  const treeOf = below('resource-tree', Tree);
  const managedOf = below('managed-resources', ManagedResources);
  const eventsOf = below('events', Events);

  return {
    application,
    applications: (place, signal) => listApplications(http, place, signal),
    tree: async (of, signal) => (await treeOf(of, signal)).nodes ?? [],
    managed: async (of, signal) => (await managedOf(of, signal)).items ?? [],
    async events(of, node, signal) {
      const found = (await eventsOf(of, signal, node ? aimedAt(node) : [])).items ?? [];
      return found.filter(({ involvedObject }) =>
        node ? involvedObject.uid === node.uid : involvedObject.name === of.name,
      );
    },
    async logs(of, query, signal) {
      await application(of, signal);
      const request = {
        method: 'GET',
        path: pathOf(of, 'logs'),
        query: [...placed(of.place), ...pairsOf(query)],
        answer: LogText,
        as: 'text',
      } as const;
      return entriesOf(await http.ask(request, signal), query.pod.name);
    },
    async may(of, action, signal) {
      const path = ['account', 'can-i', 'applications', action, ...rbacNameOf(of)];
      return (await http.ask({ method: 'GET', path, answer: CanI }, signal)).value === 'yes';
    },
    async commit(of, id, signal) {
      await application(of, signal);
      const path = pathOf(of, 'revisions', id, 'metadata');
      return http.ask({ method: 'GET', path, query: placed(of.place), answer: Commit }, signal);
    },
    async projects(signal) {
      return (await http.ask({ method: 'GET', path: ['projects'], answer: ProjectList }, signal)).items ?? [];
    },
  };
}

/**
 * The name of an application in Argo CD's RBAC; one outside of the server's own namespace has its namespace in it.
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/app-any-namespace/
 */
export const rbacNameOf = ({
  name,
  place: { project, namespace },
}: Pick<ScopedApplication, 'name' | 'place'>) => [
  project,
  ...(namespace === USUAL_NAMESPACE ? [] : [namespace]),
  name,
];

async function listApplications(http: HttpClient, place: Place, signal: AbortSignal) {
  const query: Pairs = [
    ['projects', place.project],
    ['appNamespace', place.namespace],
    ['fields', LISTED_FIELDS],
  ];
  const request = { method: 'GET', path: ['applications'], query, answer: ApplicationList } as const;
  return ((await http.ask(request, signal)).items ?? []).filter((one) => isAt(place, one));
}

const aimedAt = ({ name, namespace, uid }: TreeNode): Pairs => [
  ['resourceName', name],
  ['resourceNamespace', namespace],
  ['resourceUID', uid ?? ''],
];

const pairsOf = ({ pod, container, tailLines, sinceSeconds, previous }: LogQuery): Pairs => [
  ['podName', pod.name],
  ['namespace', pod.namespace],
  ...(container === undefined ? [] : [['container', container] as const]),
  ['tailLines', `${tailLines}`],
  ...(sinceSeconds === undefined ? [] : [['sinceSeconds', `${sinceSeconds}`] as const]),
  ['previous', `${previous}`],
  ['follow', 'false'],
];
