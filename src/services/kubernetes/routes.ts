import { ToolError } from '../../toolset/errors.ts';
import { type Kind, LABEL, SUBDOMAIN } from './names.ts';

/**
 * Every request that this client can make, within one namespace. What is not here cannot be asked: there is no
 * Secret, no ConfigMap, no exec, attach, port-forward or proxy, no other namespace and nothing of the cluster's own.
 */
export type Route =
  | { readonly to: 'workloads'; readonly kind: Kind }
  | { readonly to: 'workload' | 'scale'; readonly kind: Kind; readonly name: string }
  | { readonly to: 'replicasets' | 'pods' | 'events' | 'pod-metrics' | 'autoscalers' }
  | { readonly to: 'pod' | 'log'; readonly name: string }
  | { readonly to: 'autoscaler'; readonly name: string };

/** Those that can be changed. */
export type WriteRoute = Extract<Route, { to: 'workload' | 'scale' | 'autoscaler' }>;

const APPS = '/apis/apps/v1';
const CORE = '/api/v1';

/** Path of a route. Throws ToolError('invalid_arguments') for a name that is none: nothing else may shape a path. */
export function pathOf(namespace: string, route: Route): string {
  if (!LABEL.test(namespace)) throw new ToolError('invalid_arguments', 'that is not the name of a namespace');
  const within = (api: string, ...rest: string[]) => `${api}/namespaces/${namespace}/${rest.join('/')}`;
  switch (route.to) {
    case 'workloads':
      return within(APPS, `${route.kind}s`);
    case 'workload':
      return within(APPS, `${route.kind}s`, checked(route.name));
    case 'scale':
      return within(APPS, `${route.kind}s`, checked(route.name), 'scale');
    case 'replicasets':
      return within(APPS, 'replicasets');
    case 'pods':
    case 'events':
      return within(CORE, route.to);
    case 'pod':
      return within(CORE, 'pods', checked(route.name));
    case 'log':
      return within(CORE, 'pods', checked(route.name), 'log');
    case 'autoscalers':
      return within('/apis/autoscaling/v2', 'horizontalpodautoscalers');
    case 'autoscaler':
      return within('/apis/autoscaling/v2', 'horizontalpodautoscalers', checked(route.name));
    case 'pod-metrics':
      return within('/apis/metrics.k8s.io/v1beta1', 'pods');
  }
}

/** A name holds lower-case letters, digits, - and single dots, so it is one path segment and never climbs. */
function checked(name: string): string {
  if (name.length > 253 || !SUBDOMAIN.test(name))
    throw new ToolError('invalid_arguments', `${JSON.stringify(name)} is not the name of an object`);
  return name;
}
