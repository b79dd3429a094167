import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';
import { ProjectEntry } from './connection.ts';
import { placeOf } from './scope.ts';

/**
 * The lines of `argocd-rbac-cm` that give a component's account no more than the tools need. `ACCOUNT` is for the
 * operator to fill in.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/rbac/
 */
export const advise = (component: Component, access: Access): readonly string[] =>
  [...component.subs].flatMap(([sub, entry]) => linesOf(sub, ProjectEntry.parse(entry), access));

function linesOf(sub: string, entry: ProjectEntry, access: Access): string[] {
  const { project, namespace, applications = ['*'] } = placeOf(sub, entry);
  // Applications outside the server's own namespace are named with theirs.
  const middle = namespace === 'argocd' ? '' : `${namespace}/`;
  const rights = [
    ['applications', 'get'],
    ['logs', 'get'],
    ...(access === 'write' ? [['applications', 'sync']] : []),
  ];
  return [
    `p, ACCOUNT, projects, get, ${project}, allow`,
    ...applications.flatMap((name) =>
      rights.map(([what, verb]) => `p, ACCOUNT, ${what}, ${verb}, ${project}/${middle}${name}, allow`),
    ),
  ];
}
