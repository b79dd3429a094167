import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { JsonValue, Precheck, ReadContext, UndoStep } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { Application, HistoryEntry, OperationState } from './api.ts';
import { historyOf, isAutomated } from './application-view.ts';
import { aheadOf } from './auto-sync.ts';
import { awaitOperation, isBusy, refuseBusy, waitingEnd } from './operation.ts';
import { ScopedApplication } from './scope.ts';
import type { ArgoTypes, Writing } from './tool.ts';

/** What was deployed before a write, and the last operation until then. */
export const Before = z.strictObject({
  history_id: z.number().int(),
  deployed: z.string(),
  /** When the last operation began; null if there was none. */
  last_started: z.string().nullable(),
});
export type Before = z.output<typeof Before>;

/** Tells two deployments apart by a hash: a source holds parameters, and people put credentials there. */
export const fingerprint = ({ revision, revisions, source, sources }: HistoryEntry): string =>
  createHash('sha256')
    .update(canonicalize([revision ?? null, revisions ?? null, source ?? null, sources ?? null]) ?? '')
    .digest('hex');

export const startedOf = ({ status }: Application): string | null => status.operationState?.startedAt ?? null;

/** Throws ToolError('conflict') for an application from whose next state no way leads back to this one. */
function beforeOf(application: Application): Before {
  refuseBusy(application);
  refuseAutomated(application);
  const [latest] = historyOf(application);
  if (!latest)
    throw new ToolError(
      'conflict',
      'the application was never deployed, so there is no state to go back to; argocd_deploy_irreversibly deploys it',
    );
  return { history_id: latest.id, deployed: fingerprint(latest), last_started: startedOf(application) };
}

/** The before-image of a deployment that can be taken back. Throws ToolError('conflict') where there is no way back. */
export const captureDeployed = async (
  { client, target, signal }: Writing,
  { application }: { readonly application: string },
): Promise<JsonValue> =>
  beforeOf(await client.application(ScopedApplication.within(target, application), signal));

/** Whether the same is deployed as before a write, whole: by which entry of the history does not matter. */
export async function isBackToFormer(
  { client, target, signal }: Writing,
  change: { readonly args: { readonly application: string }; readonly before: JsonValue },
): Promise<boolean> {
  const before = Before.parse(change.before);
  const found = await client.application(ScopedApplication.within(target, change.args.application), signal);
  const state = found.status.operationState;
  const [latest] = historyOf(found);
  if (!latest || isBusy(found)) return false;
  const isUntouched = latest.id === before.history_id && startedOf(found) === before.last_started;
  return isUntouched || (fingerprint(latest) === before.deployed && !!state && isDone(state));
}

/** What a rollback will need to deploy again what was deployed before a write, and what would undo it. */
export async function precheckDeployed(
  { client, target, signal }: ReadContext<ArgoTypes>,
  { args, before, how }: UndoStep<{ readonly application: string }>,
): Promise<Precheck> {
  const of = ScopedApplication.within(target, args.application);
  const application = await client.application(of, signal);
  const ahead = await aheadOf(client, of, application, signal);
  const was = Before.parse(before);
  const entries = historyOf(application);
  const isKept = entries.some((entry) => fingerprint(entry) === was.deployed && entry.id === was.history_id);
  const isThere = entries[0] !== undefined && fingerprint(entries[0]) === was.deployed;
  if (how === 'redo' || isKept || isThere) return ahead;
  const gone = `Argo CD no longer keeps the history entry ${was.history_id} of ${of.name} (revisionHistoryLimit)`;
  return { ...ahead, obstacles: [...(ahead.obstacles ?? []), gone] };
}

/** Throws ToolError('conflict') where Argo CD deploys by itself: it takes no rollback there, and would undo one. */
export function refuseAutomated({ spec }: Application): void {
  if (!isAutomated(spec)) return;
  const heals = spec.syncPolicy?.automated?.selfHeal ? ', and self-heal undoes what differs from it' : '';
  throw new ToolError(
    'conflict',
    `auto-sync is on: Argo CD deploys the target revision by itself${heals}, and takes no rollback; change the revision in Git`,
  );
}

/**
 * Deploys again what was deployed before a write.
 *
 * @param isOurs whether the last operation is the write that is taken back
 * @throws ToolError('conflict') when anything ran since, or Argo CD would not let the former state stay
 */
export async function deployBefore(
  context: Writing,
  of: ScopedApplication,
  before: Before,
  isOurs: (state: OperationState, latest: HistoryEntry) => boolean,
): Promise<void> {
  const { client, signal } = context;
  const application = await client.application(of, signal);
  refuseBusy(application);
  const [latest] = historyOf(application);
  const state = application.status.operationState;
  const isUntouched = startedOf(application) === before.last_started && latest?.id === before.history_id;
  if (isUntouched || !state || !latest) return;
  // Also so when a revert was cut off after it deployed, and is run again.
  if (fingerprint(latest) === before.deployed && isDone(state)) return;
  const former = historyOf(application).find(({ id }) => id === before.history_id);
  const isNewer = latest.id > before.history_id && latest.deployStartedAt !== state.startedAt;
  // The way back itself, tried before: it failed, so the history does not have it.
  const isRetry = former !== undefined && !isDone(state) && isOf(state, former, false);
  if (latest.id > before.history_id + 1 || !(isRetry || (isOurs(state, latest) && !isNewer)))
    throw new ToolError('conflict', 'a newer operation ran on the application since; it stays as it is');
  refuseAutomated(application);
  if (!former || fingerprint(former) !== before.deployed)
    throw new ToolError('conflict', 'Argo CD no longer keeps the history entry that was deployed before');
  await rollBack(context, of, former);
}

/** Whether an operation deployed, and to its end. */
const isDone = ({ phase, operation }: OperationState): boolean =>
  phase === 'Succeeded' && !operation.sync?.dryRun;

async function rollBack(context: Writing, of: ScopedApplication, former: HistoryEntry): Promise<void> {
  const until = waitingEnd(context);
  await context.client.start(of, { kind: 'rollback', id: former.id }, false, context.signal);
  const end = await awaitOperation(context, { of, until, isOurs: (state) => isOf(state, former, false) });
  if (!end)
    throw new ToolError('outcome_unknown', 'the rollback was started and has not ended; look again later');
  if (!isDone(end))
    throw new ToolError('query_failed', `Argo CD tried to roll back, which ended as ${end.phase}`);
}

/** Whether an operation deploys a history entry; a rollback carries no mark, so it is known by its revision. */
export const isOf = ({ operation }: OperationState, entry: HistoryEntry, dryRun: boolean): boolean =>
  (operation.sync?.dryRun ?? false) === dryRun &&
  (operation.sync?.revision ?? '') === (entry.revision ?? '') &&
  (operation.sync?.revisions ?? []).join() === (entry.revisions ?? []).join();

/** Whether an operation carries the mark with which a call started it. */
export const isMarked = ({ operation }: OperationState, mark: string): boolean =>
  (operation.info ?? []).some(({ name, value }) => name === 'stackward' && value === mark);
