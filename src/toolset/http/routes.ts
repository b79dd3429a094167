import { ToolError } from '../errors.ts';
import type { HttpClient, HttpRequest } from './client.ts';

/** One request that may leave: its method, then each segment of its path, literally or by a pattern that is anchored. */
export type Route = readonly [method: HttpRequest<unknown>['method'], ...path: readonly (string | RegExp)[]];

/**
 * The same client, which sends what one of the routes names and nothing else: the lock below every tool.
 * It throws ToolError('query_refused') before one byte leaves.
 */
export const confine = (http: HttpClient, routes: readonly Route[]): HttpClient => ({
  async ask(request, signal) {
    if (!routes.some((route) => isOn(route, request)))
      throw new ToolError(
        'query_refused',
        `a ${request.method} to there is not among what this call may send`,
      );
    return http.ask(request, signal);
  },
});

const isOn = <T>([method, ...segments]: Route, request: HttpRequest<T>): boolean =>
  request.method === method &&
  request.path.length === segments.length &&
  segments.every((segment, index) => {
    const given = request.path[index] ?? '';
    return typeof segment === 'string' ? segment === given : segment.test(given);
  });
