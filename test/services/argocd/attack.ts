import { expect } from 'vitest';
import { z } from 'zod';
import { deployIrreversibly } from '../../../src/services/argocd/tools/deploy-irreversibly.ts';
import { diff } from '../../../src/services/argocd/tools/diff.ts';
import { events } from '../../../src/services/argocd/tools/events.ts';
import { getApplication } from '../../../src/services/argocd/tools/get-application.ts';
import { history } from '../../../src/services/argocd/tools/history.ts';
import { logs } from '../../../src/services/argocd/tools/logs.ts';
import { refresh } from '../../../src/services/argocd/tools/refresh.ts';
import { resourceTree } from '../../../src/services/argocd/tools/resource-tree.ts';
import { rollback } from '../../../src/services/argocd/tools/rollback.ts';
import { sync } from '../../../src/services/argocd/tools/sync.ts';
import { ToolError } from '../../../src/toolset/errors.ts';
import { type Argo, POD } from './fixture.ts';

/** Every tool that takes an application, called on one. */
export const callsOn = (argo: Argo, application: string, sub = 'shop') => ({
  argocd_get_application: () => argo.read(getApplication, sub, { application }),
  argocd_resource_tree: () => argo.read(resourceTree, sub, { application }),
  argocd_diff: () => argo.read(diff, sub, { application }),
  argocd_history: () => argo.read(history, sub, { application, commit_of: 0 }),
  argocd_events: () => argo.read(events, sub, { application }),
  argocd_logs: () => argo.read(logs, sub, { application, pod: POD }),
  argocd_sync: () => argo.write(sync, sub, { application }),
  argocd_rollback: () => argo.write(rollback, sub, { application, id: 0 }),
  argocd_deploy_irreversibly: () => argo.write(deployIrreversibly, sub, { application }),
  argocd_refresh: () => argo.write(refresh, sub, { application }),
});

/** Why an attempt was refused: the code of its error. Fails for one that succeeded, or failed by accident. */
export async function refusalOf(attempt: () => Promise<unknown>): Promise<string> {
  const result = await attempt().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in result)) throw new Error(`the attempt gave ${JSON.stringify(result.value)}`);
  if (result.error instanceof z.ZodError) return 'invalid_arguments';
  expect(result.error).toBeInstanceOf(ToolError);
  return (result.error as ToolError).code;
}
