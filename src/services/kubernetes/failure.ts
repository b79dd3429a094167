import { ToolError } from '../../toolset/errors.ts';
import type { Route } from './routes.ts';

/**
 * What a response that is not a success means. The server's message can name other objects and repeat values of the
 * object, so none of it is shown.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export function failureOf(status: number, _body: string, route: Route): ToolError {
  const what = 'name' in route ? `${nameOf(route)} ${route.name}` : nameOf(route);
  switch (status) {
    case 400:
    case 422:
      return new ToolError('query_failed', `the cluster understood the request for ${what} and rejected it`);
    case 401:
      return new ToolError('login_failed', 'the cluster refused the credentials of the kubeconfig context');
    case 403:
      return new ToolError(
        'permission_denied',
        `the cluster’s RBAC does not permit it for ${what}; \`stackward check\` prints the role to give`,
      );
    case 404:
      return route.to === 'pod-metrics'
        ? new ToolError('query_failed', 'the cluster has no metrics API; metrics-server serves it')
        : new ToolError('not_found', `there is no ${what}`);
    case 409:
      return new ToolError('conflict', `somebody changed ${what} at the same time; nothing was written`);
    case 429:
      return new ToolError('too_busy', 'the cluster limits how often it is asked; try again later');
    case 503:
      return new ToolError('backend_failed', `the cluster cannot serve ${what} at present`);
    default:
      return new ToolError('backend_failed', `the cluster answered with status ${status}`);
  }
}

const nameOf = (route: Route): string => {
  if ('kind' in route) return route.to === 'scale' ? `scale of ${route.kind}` : route.kind;
  return route.to === 'log' ? 'log of pod' : route.to.replace('-', ' ');
};

const NEVER_SENT: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** What an exception out of a request means. A write that may have reached the server has an unknown outcome. */
export function transportFailure(error: unknown, signal: AbortSignal, isWrite: boolean): ToolError {
  if (error instanceof ToolError && !isWrite) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NEVER_SENT.has(code) || /^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code))
    return new ToolError('unreachable', 'the cluster cannot be reached, or its certificate does not hold', {
      cause: error,
    });
  if (isWrite)
    return new ToolError('outcome_unknown', 'the connection broke while the cluster ran the write', {
      cause: error,
    });
  if (signal.aborted)
    return signal.reason instanceof ToolError
      ? signal.reason
      : new ToolError('cancelled', 'the call was stopped before the cluster answered');
  return new ToolError('unreachable', 'the cluster cannot be reached, or broke the connection', {
    cause: error,
  });
}
