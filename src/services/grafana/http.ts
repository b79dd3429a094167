import { z } from 'zod';
import { createHttpClient, type HttpClient, type HttpRequest } from '../../toolset/http/client.ts';
import { endTrial } from '../../toolset/trial-end.ts';
import { failureOf } from './failure.ts';
import { Uid } from './names.ts';
import { ReadQuery } from './read-query.ts';
import { SIGNED } from './signature.ts';

/** A place in a path: the word itself, or what the segment has to fit. */
type Part = string | z.ZodType<string>;
type Route = readonly [method: HttpRequest<unknown>['method'], path: readonly Part[]];

const AnnotationId = z.string().regex(/^[1-9]\d{0,18}$/);

/** All that a reader may ask. POST /api/ds/query runs queries, so its body has a lock of its own below. */
const READS: readonly Route[] = [
  ['GET', ['search']],
  ['GET', ['dashboards', 'uid', Uid]],
  ['GET', ['folders']],
  ['GET', ['folders', Uid]],
  ['GET', ['datasources']],
  ['GET', ['datasources', 'uid', Uid, 'health']],
  ['GET', ['annotations']],
  ['GET', ['prometheus', 'grafana', 'api', 'v1', 'rules']],
  ['POST', ['ds', 'query']],
  ['GET', ['access-control', 'user', 'permissions']],
];
const WRITES: readonly Route[] = [
  ['GET', ['dashboards', 'uid', Uid]],
  ['GET', ['annotations']],
  ['GET', ['annotations', AnnotationId]],
  ['POST', ['annotations']],
  ['DELETE', ['annotations', AnnotationId]],
  ['POST', ['dashboards', 'db']],
];

/** Bodies of the requests that have one. What is not of its form does not leave, whatever a tool hands over. */
const BODIES: Readonly<Record<string, z.ZodType>> = {
  'ds/query': z.strictObject({
    from: z.string().regex(/^\d{1,15}$/),
    to: z.string().regex(/^\d{1,15}$/),
    queries: z.tuple([ReadQuery]),
  }),
  annotations: z.strictObject({
    dashboardUID: Uid,
    panelId: z.number().int().positive().optional(),
    time: z.number().int().positive(),
    timeEnd: z.number().int().positive(),
    tags: z.array(z.string()),
    text: z.string().startsWith(SIGNED),
  }),
  'dashboards/db': z.strictObject({
    dashboard: z.looseObject({ uid: Uid, version: z.number().int().nonnegative() }),
    folderUid: z.union([Uid, z.literal('')]),
    message: z.string().startsWith(SIGNED).max(500),
    // An overwrite would pass over Grafana's own check that nobody saved in between.
    overwrite: z.literal(false),
  }),
};

/** Its name in errors. */
export const API = { name: 'Grafana HTTP API' } as const;

/**
 * The HTTP API at `url`, which may have a path prefix. `headers` carry credentials and organisation. To `rehearse` is
 * to ask what a write asks, and to end the trial at what would change something.
 */
export const openApi = (
  url: string,
  headers: Readonly<Record<string, string>>,
  access: 'read' | 'write' | 'rehearse',
): HttpClient => {
  const http = createHttpClient({
    ...API,
    url,
    root: ['api'],
    headers,
    askForLess: 'ask for less: a narrower search, a shorter time or fewer points',
    failureOf,
  });
  const routes = access === 'read' ? READS : WRITES;
  return {
    async ask(request, signal) {
      assertKnown(request, routes);
      if (access === 'rehearse' && request.method !== 'GET') return endTrial();
      return http.ask(request, signal);
    },
  };
};

/** The last lock before bytes leave: a route or a body that is not on the lists is a fault of ours, and not sent. */
function assertKnown<T>({ method, path, json, form }: HttpRequest<T>, routes: readonly Route[]): void {
  const isKnown = routes.some(
    ([verb, parts]) =>
      verb === method &&
      parts.length === path.length &&
      parts.every((part, index) =>
        typeof part === 'string' ? part === path[index] : part.safeParse(path[index]).success,
      ),
  );
  if (!isKnown || form !== undefined)
    throw new TypeError('this client does not reach that path of Grafana’s API');
  const body = method === 'POST' ? BODIES[path.join('/')] : z.undefined();
  if (!body?.safeParse(json).success) throw new TypeError('this client does not send that to Grafana’s API');
}
