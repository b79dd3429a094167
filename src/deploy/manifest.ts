import type { NamespaceRole, RoleRule } from '../toolset/cluster-role.ts';
import type { ClusterRoles } from './cluster-roles.ts';

/** An object of the Kubernetes API, as YAML or JSON shows it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Who gets the rights. @see https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/role-binding-v1/ */
export type Subject =
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'User' | 'Group'; readonly apiGroup: string; readonly name: string };

export const LABELS = { 'app.kubernetes.io/name': 'stackward', 'app.kubernetes.io/managed-by': 'stackward' };
const RBAC = 'rbac.authorization.k8s.io';

/**
 * `serviceaccount:NAMESPACE/NAME`, `user:NAME` or `group:NAME`; undefined for anything else.
 */
export function parseSubject(text: string): Subject | undefined {
  const [, kind, rest = ''] = /^(serviceaccount|user|group):(.+)$/.exec(text) ?? [];
  if (kind === 'user' || kind === 'group')
    return { kind: kind === 'user' ? 'User' : 'Group', apiGroup: RBAC, name: rest };
  const [, namespace, name] = /^([a-z0-9-]{1,63})\/([a-z0-9.-]{1,253})$/.exec(rest) ?? [];
  return kind && namespace && name ? { kind: 'ServiceAccount', namespace, name } : undefined;
}

/** A Role and its RoleBinding for each namespace of a cluster. Nothing is bound in the cluster as a whole. */
export const roleManifests = ({ roles }: ClusterRoles, name: string, subject: Subject): readonly Manifest[] =>
  roles.flatMap((role) => [roleOf(role, name), bindingOf(role, name, subject)]);

const roleOf = ({ namespace, rules }: NamespaceRole, name: string): Manifest => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  metadata: { name, namespace, labels: LABELS },
  rules: rules.map(policyRule),
});

const policyRule = ({ group, resource, verbs, names }: RoleRule) => ({
  apiGroups: [group],
  resources: [resource],
  ...(names ? { resourceNames: names } : {}),
  verbs,
});

const bindingOf = ({ namespace }: NamespaceRole, name: string, subject: Subject): Manifest => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: { name, namespace, labels: LABELS },
  roleRef: { apiGroup: RBAC, kind: 'Role', name },
  subjects: [subject],
});
