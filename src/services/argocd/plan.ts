import { ToolError } from '../../toolset/errors.ts';
import type { Application, ManagedResource, ResourceKey, ResourceResult } from './api.ts';

/** What an operation would do, going by its dry run and by what is there. */
export interface Plan {
  readonly touched: readonly ResourceKey[];
  readonly created: readonly ResourceKey[];
  readonly hooks: readonly ResourceKey[];
}

const MOST_NAMED = 5;
/** Kinds of the group `argoproj.io` that are not Argo CD's own. Any other may be one that steers Argo CD itself. */
const WORKLOADS =
  /^(Rollout|Experiment|AnalysisRun|AnalysisTemplate|ClusterAnalysisTemplate|Workflow|WorkflowTemplate|ClusterWorkflowTemplate|CronWorkflow|EventBus|EventSource|Sensor)$/;
/** Options with which a sync deletes and makes anew, so that nothing of the old is left to go back to. */
const DESTRUCTIVE = /^(Replace|Force)=true$/i;

const keyOf = ({ group, kind, namespace, name }: ResourceKey): string =>
  [group, kind, namespace, name].join('/');

/** `Deployment shop/web` */
export const print = ({ kind, namespace, name }: ResourceKey): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;

const printSome = (keys: readonly ResourceKey[]): string => {
  const shown = keys.slice(0, MOST_NAMED).map(print).join(', ');
  return keys.length > MOST_NAMED ? `${shown} and ${keys.length - MOST_NAMED} more` : shown;
};

/**
 * Reads what a dry run tried. What has no live state yet would be created.
 *
 * @param expected resources that are compared with the very state to be deployed: a dry run leaves out what it cannot try
 */
export function planOf(
  tried: readonly ResourceResult[],
  managed: readonly ManagedResource[],
  expected: readonly ManagedResource[],
): Plan {
  const live = new Set(managed.filter(isLive).map(keyOf));
  const hooks = tried.filter(({ hookType }) => hookType);
  const touched = new Map<string, ResourceKey>();
  for (const one of tried) if (!one.hookType) touched.set(keyOf(one), one);
  for (const one of expected) if (!one.hook && !isLive(one)) touched.set(keyOf(one), one);
  const created = [...touched].flatMap(([key, one]) => (live.has(key) ? [] : [one]));
  return { touched: [...touched.values()], hooks, created };
}

const isLive = ({ liveState }: ManagedResource): boolean => !!liveState && liveState !== 'null';

/**
 * Refuses what would change Argo CD itself: an Application made by another one may be of any project, so it would
 * deploy where no link leads. Throws ToolError('query_refused').
 */
export function refuseSteering({ touched, hooks }: Plan): void {
  const found = [...touched, ...hooks].filter(
    ({ group, kind }) => group === 'argoproj.io' && !WORKLOADS.test(kind),
  );
  if (found.length > 0)
    throw new ToolError(
      'query_refused',
      `it would change what Argo CD itself deploys, which no link covers: ${printSome(found)}; nothing was deployed`,
    );
}

const INSTEAD = 'nothing was deployed; argocd_deploy_irreversibly does it, once a human approves';

/** Throws ToolError('conflict') for a plan that deploying the former state would not undo. */
export function refuseIrreversible({ created, hooks }: Plan): void {
  if (hooks.length > 0)
    throw new ToolError(
      'conflict',
      `it runs hooks, and what they do is not undone: ${printSome(hooks)}; ${INSTEAD}`,
    );
  if (created.length > 0)
    throw new ToolError(
      'conflict',
      `it creates resources, which would stay: ${printSome(created)}; ${INSTEAD}`,
    );
}

/** Throws ToolError('conflict') for an application whose own options make every sync delete or replace. */
export function refuseDestructive({ spec }: Application): void {
  const option = spec.syncPolicy?.syncOptions?.find((one) => DESTRUCTIVE.test(one));
  if (option !== undefined)
    throw new ToolError('conflict', `the application is synced with ${option}; ${INSTEAD}`);
}
