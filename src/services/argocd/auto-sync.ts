import type { Precheck, Reconciler } from '../../toolset/define.ts';
import type { Application } from './api.ts';
import { isAutomated } from './application-view.ts';
import type { ArgoReader } from './reader.ts';
import type { ScopedApplication } from './scope.ts';

/** What the annotation or owner of an Application says that something else writes its settings. */
function managerOf({ metadata }: Application): string | undefined {
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'ApplicationSet');
  if (owner) return `the ApplicationSet ${owner.name}`;
  const tracked = metadata.annotations?.['argocd.argoproj.io/tracking-id']?.split(':', 1)[0];
  return tracked === undefined ? undefined : `the application ${tracked}`;
}

/** What would undo a step on an application, and what its account lacks for the step. */
export async function aheadOf(
  client: ArgoReader,
  of: ScopedApplication,
  application: Application,
  signal: AbortSignal,
): Promise<Precheck> {
  const maySync = await client.may(of, 'sync', signal);
  const obstacles = maySync
    ? []
    : [`these credentials may not sync the application ${of.name}; stackward check prints what to give`];
  if (!isAutomated(application.spec)) return { obstacles };
  return { obstacles, reconcilers: [await autoSync(client, of, application, signal)] };
}

async function autoSync(
  client: ArgoReader,
  of: ScopedApplication,
  application: Application,
  signal: AbortSignal,
): Promise<Reconciler> {
  const name = `auto-sync of the application ${of.name}`;
  const does = 'deploys the target revision by itself';
  const manager = managerOf(application);
  // Whoever made the Application would turn it on again.
  if (manager !== undefined) return { name, does: `is set by ${manager} and ${does}` };
  if (!(await client.may(of, 'update', signal)))
    return { name, does: `${does}, and these credentials may not update the application` };
  return {
    name,
    does,
    pause: {
      tool: 'argocd_pause_auto_sync',
      args: { application: of.name },
      state: `auto-sync of ${of.name} is off, so what is deployed stays`,
    },
  };
}
