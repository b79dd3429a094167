import type { RoleRule } from '../../toolset/cluster-role.ts';
import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';
import { roles } from './roles.ts';

/** A Role for each namespace that a component reaches, with the least that the tools need. It names no Secret. */
export function advise(component: Component, access: Access): readonly string[] {
  return roles(component, () => access === 'write').map(
    ({ namespace, rules }) =>
      `{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: stackward, namespace: ${namespace}}, rules: [${rules.map(inOneLine).join(', ')}]}`,
  );
}

const inOneLine = ({ group, resource, verbs, names }: RoleRule): string =>
  `{apiGroups: ["${group}"], resources: [${resource}], verbs: [${verbs.join(',')}]${names ? `, resourceNames: [${names.join(',')}]` : ''}}`;
