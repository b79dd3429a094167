/**
 * One rule of a Kubernetes Role, about one resource.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export interface RoleRule {
  /** API group; empty for the core. */
  readonly group: string;
  /** With its subresource, such as `deployments/scale`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** The only objects that it is about; absent where they cannot be named beforehand, as when they are listed. */
  readonly names?: readonly string[];
}

/** What a component's tools need in one namespace. */
export interface NamespaceRole {
  readonly namespace: string;
  readonly rules: readonly RoleRule[];
}
