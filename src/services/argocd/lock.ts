import { z } from 'zod';
import type { Access } from '../../toolset/define.ts';
import type { HttpClient, HttpRequest } from '../../toolset/http/client.ts';
import { parseJson } from '../../toolset/http/failure.ts';
import { CommitId } from './names.ts';
import { rbacNameOf } from './reader.ts';
import { type Place, reaches } from './scope.ts';

type Request = Omit<HttpRequest<unknown>, 'answer'>;
type Query = ReadonlyMap<string, string>;

/** What may be read below one application, with the parameters that each takes besides project and namespace. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  '': [],
  'resource-tree': [],
  'managed-resources': [],
  events: ['resourceName', 'resourceNamespace', 'resourceUID'],
  logs: ['podName', 'namespace', 'container', 'tailLines', 'sinceSeconds', 'previous', 'follow'],
};

/**
 * The last lock before bytes leave: whatever a tool asks for, its client sends the requests below and no other,
 * and stays in its project. Without a place it lists the projects alone.
 */
export const lockTo = (http: HttpClient, place: Place | undefined, access: Access): HttpClient => ({
  ask(request, signal) {
    if (!isOwn(request, place, access)) throw new TypeError('this client does not send that request');
    return http.ask(request, signal);
  },
});

function isOwn(request: Request, place: Place | undefined, access: Access): boolean {
  const { method, path, query: pairs = [], json, form } = request;
  const query = new Map(pairs);
  // A parameter given twice would be checked once.
  if (query.size !== pairs.length || form !== undefined) return false;
  const isRead = method === 'GET' && json === undefined;
  if (!place) return isRead && path.length === 1 && path[0] === 'projects' && query.size === 0;
  const [root, name, ...below] = path;
  if (root === 'account') return isRead && query.size === 0 && isQuestion(path.slice(1), place);
  if (root !== 'applications') return false;
  if (name === undefined) return isRead && isList(query, place);
  if (!reaches(place, name)) return false;
  if (isRead)
    return isReadBelow(below, query, place) || (access === 'write' && isRefresh(below, query, place));
  if (access !== 'write' || query.size !== 0) return false;
  return method === 'PATCH'
    ? below.length === 0 && isAutomation(json, name, place)
    : method === 'POST' && isOrder(below, json, name, place);
}

/** Whether the account may sync or update an application that the place reaches; nothing else is asked. */
function isQuestion(words: readonly string[], place: Place): boolean {
  const [verb, what, action = '', ...name] = words;
  const own = name.at(-1) ?? '';
  return (
    verb === 'can-i' &&
    what === 'applications' &&
    /^(sync|update)$/.test(action) &&
    reaches(place, own) &&
    name.join('/') === rbacNameOf({ name: own, place }).join('/')
  );
}

const AUTOMATED = '/spec/syncPolicy/automated';
const Step = z.union([
  z.strictObject({
    op: z.literal('test'),
    path: z.literal(AUTOMATED),
    value: z.record(z.string(), z.json()),
  }),
  z.strictObject({ op: z.literal('remove'), path: z.literal(AUTOMATED) }),
  z.strictObject({ op: z.literal('add'), path: z.literal(AUTOMATED), value: z.record(z.string(), z.json()) }),
  z.strictObject({
    op: z.literal('add'),
    path: z.literal('/spec/syncPolicy'),
    value: z.strictObject({ automated: z.record(z.string(), z.json()) }),
  }),
]);

/** Of an application's settings only whether and how it deploys by itself, and nothing beside it. */
function isAutomation(json: unknown, name: string, place: Place): boolean {
  const order = z.strictObject({
    name: z.literal(name),
    project: z.literal(place.project),
    appNamespace: z.literal(place.namespace),
    patchType: z.literal('json'),
    patch: z.string(),
  });
  const asked = order.safeParse(json);
  return asked.success && z.array(Step).min(1).safeParse(parseJson(asked.data.patch)).success;
}

const isList = (query: Query, { project, namespace }: Place): boolean =>
  hasOnly(query, ['projects', 'appNamespace', 'fields']) &&
  query.get('projects') === project &&
  query.get('appNamespace') === namespace;

const isPlaced = (query: Query, { project, namespace }: Place): boolean =>
  query.get('project') === project && query.get('appNamespace') === namespace;

const hasOnly = (query: Query, names: readonly string[]): boolean =>
  [...query.keys()].every((name) => names.includes(name));

function isReadBelow(below: readonly string[], query: Query, place: Place): boolean {
  const [first = '', commit, last] = below;
  const isCommit = first === 'revisions' && last === 'metadata' && below.length === 3;
  if (below.length > 1 && !(isCommit && CommitId.safeParse(commit).success)) return false;
  const known = isCommit ? [] : Object.hasOwn(BELOW, first) ? BELOW[first] : undefined;
  if (known === undefined || !isPlaced(query, place)) return false;
  // A log that is followed never ends.
  return (
    hasOnly(query, ['project', 'appNamespace', ...known]) && (query.get('follow') ?? 'false') === 'false'
  );
}

/** A GET by its method alone: it makes Argo CD compare, and so it is for writers. */
const isRefresh = (below: readonly string[], query: Query, place: Place): boolean =>
  below.length === 0 &&
  isPlaced(query, place) &&
  hasOnly(query, ['project', 'appNamespace', 'refresh']) &&
  /^(normal|hard)$/.test(query.get('refresh') ?? '');

/** Never a strategy, an option, a manifest or a choice of resources: the application's own are used, and nothing is pruned. */
function isOrder(below: readonly string[], json: unknown, name: string, place: Place): boolean {
  const common = {
    name: z.literal(name),
    project: z.literal(place.project),
    appNamespace: z.literal(place.namespace),
    dryRun: z.boolean(),
    prune: z.literal(false),
  };
  const info = z.strictObject({ name: z.literal('stackward'), value: z.string() });
  const orders: Readonly<Record<string, z.ZodType>> = {
    sync: z.strictObject({
      ...common,
      revision: CommitId.optional(),
      infos: z.array(info).length(1),
      retryStrategy: z.strictObject({ limit: z.literal(0) }).optional(),
    }),
    rollback: z.strictObject({ ...common, id: z.number().int().min(0) }),
  };
  const [verb = ''] = below;
  return below.length === 1 && Object.hasOwn(orders, verb) && orders[verb]?.safeParse(json).success === true;
}
