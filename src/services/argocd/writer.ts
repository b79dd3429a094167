import type { JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { WriteGrant } from '../../toolset/grant.ts';
import type { HttpClient } from '../../toolset/http/client.ts';
import { Application, Started } from './api.ts';
import { type ArgoReader, assertAsked, createReader, pathOf, placed } from './reader.ts';
import type { ScopedApplication } from './scope.ts';

/** What is to be deployed: the target revision, a commit of the history, or a history entry as it was. */
export type Order =
  | { readonly kind: 'sync'; readonly revision?: string | undefined; readonly mark: string }
  | { readonly kind: 'rollback'; readonly id: number };

export interface ArgoWriter extends ArgoReader {
  /**
   * Starts an operation; Argo CD refuses it while another one runs. Nothing is pruned, forced or replaced beyond
   * what the application's own options say. Throws ToolError; `outcome_unknown` if it may have started.
   */
  start(of: ScopedApplication, order: Order, dryRun: boolean, signal: AbortSignal): Promise<void>;
  /**
   * Sets how an application deploys by itself, or with null that it does not; of one that was read.
   * Throws ToolError; `outcome_unknown` if it may have been set.
   */
  automate(
    of: ScopedApplication,
    found: Application,
    automated: JsonValue,
    signal: AbortSignal,
  ): Promise<void>;
  /** Makes Argo CD compare now; `hard` also renders the manifests anew. Waits until it has. */
  refresh(of: ScopedApplication, hard: boolean, signal: AbortSignal): Promise<Application>;
}

/** Makes a writer, for one granted call. */
export const createWriter = (http: HttpClient, grant: Pick<WriteGrant, 'assertStands'>): ArgoWriter => ({
  ...createReader(http),
  async start(of, order, dryRun, signal) {
    const path = pathOf(of, order.kind);
    const json = bodyOf(of, order, dryRun);
    // The dry run that went before was waited for: what allowed the deployment is looked at again.
    if (!dryRun) await grant.assertStands();
    try {
      await http.ask({ method: 'POST', path, json, answer: Started, writes: true }, signal);
    } catch (error) {
      if (!(error instanceof ToolError) || error.code !== 'permission_denied') throw error;
      // The server answers so to both, and in words that are not shown.
      const why = 'these credentials may not sync, or a sync window of the project forbids it now';
      throw new ToolError('permission_denied', `${why}; nothing was started`, { cause: error });
    }
  },
  async automate(of, found, automated, signal) {
    const { name, place } = of;
    const json = {
      name,
      project: place.project,
      appNamespace: place.namespace,
      patchType: 'json',
      patch: JSON.stringify(automation(found, automated)),
    };
    const request = { method: 'PATCH', path: pathOf(of), json, answer: Application, writes: true } as const;
    assertAsked(of, await http.ask(request, signal));
  },
  async refresh(of, hard, signal) {
    const query = [...placed(of.place), ['refresh', hard ? 'hard' : 'normal'] as const];
    const request = { method: 'GET', path: pathOf(of), query, answer: Application, writes: true } as const;
    return assertAsked(of, await http.ask(request, signal));
  },
});

/** Taken out only as it was read: the server refuses the change where somebody made another meanwhile. */
function automation({ spec: { syncPolicy } }: Application, automated: JsonValue): JsonValue {
  const path = '/spec/syncPolicy/automated';
  if (automated === null)
    return [
      { op: 'test', path, value: JSON.parse(JSON.stringify(syncPolicy?.automated ?? {})) },
      { op: 'remove', path },
    ];
  // Argo CD leaves a policy out that says nothing.
  return syncPolicy
    ? [{ op: 'add', path, value: automated }]
    : [{ op: 'add', path: '/spec/syncPolicy', value: { automated } }];
}

function bodyOf({ name, place }: ScopedApplication, order: Order, dryRun: boolean): JsonValue {
  const common = { name, project: place.project, appNamespace: place.namespace, dryRun, prune: false };
  if (order.kind === 'rollback') return { ...common, id: order.id };
  const { revision, mark } = order;
  // Argo CD keeps these words with the operation, by which it is known again.
  const infos = [{ name: 'stackward', value: mark }];
  return {
    ...common,
    infos,
    ...(revision === undefined ? {} : { revision }),
    // Else a dry run that fails would be tried again for as long as the application's own policy has it.
    ...(dryRun ? { retryStrategy: { limit: 0 } } : {}),
  };
}
