import { z } from 'zod';
import type { JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { unknownOutcome } from '../../toolset/http/failure.ts';
import type { Application, HistoryEntry, OperationState } from './api.ts';
import { historyOf, revisionsOf, shortened, sourcesOf } from './application-view.ts';
import { isMarked, isOf } from './deployment.ts';
import { CommitId } from './names.ts';
import { awaitOperation, refuseBusy, waitingEnd } from './operation.ts';
import { type Plan, planOf, print, refuseSteering } from './plan.ts';
import type { ScopedApplication } from './scope.ts';
import { complete, completeness, type Writing } from './tool.ts';
import type { Order } from './writer.ts';

const MOST_MESSAGE = 300;

/** How a deployment ended, or how far it is. */
export const Report = z.strictObject({
  application: z.string(),
  phase: z.string().describe('Succeeded, Failed or Error; Running where the call’s time was over first'),
  revisions: z.array(z.string()).describe('One for each source'),
  history_id: z.number().int().optional().describe('Of the new history entry'),
  created: z.array(z.string()),
  note: z.string().optional(),
  resources: z.array(
    z.strictObject({
      resource: z.string(),
      status: z.string(),
      hook: z.string().optional(),
      message: z.string(),
    }),
  ),
  ...completeness,
});
type Report = z.output<typeof Report>;

/** What is deployed: the target revision or a commit of the history, or a whole history entry. */
export type Wanted =
  | { readonly kind: 'sync'; readonly revision?: string | undefined }
  | { readonly kind: 'rollback'; readonly entry: HistoryEntry };

export interface Deployment {
  readonly of: ScopedApplication;
  readonly wanted: Wanted;
  /** Throws for what may not be deployed; called once before the dry run, and once with what it showed. */
  check(application: Application, plan?: Plan): void;
  /** What the revert will need, and with which revisions it was tried; recorded before the deployment starts. Absent where there is no way back. */
  after?(tried: readonly string[]): JsonValue;
}

/** The mark by which the deployment of a call is known again. */
export const markOf = ({ grant }: Pick<Writing, 'grant'>): string => `${grant.principal} ${grant.callId}`;

/**
 * Tries a deployment as a dry run, and does it if that went well: the commit that was tried, where the server had
 * resolved one. Throws ToolError; nothing was deployed unless it says `outcome_unknown`.
 */
export async function deploy(context: Writing, deployment: Deployment): Promise<Report> {
  const { client, signal, limits } = context;
  const { of, wanted } = deployment;
  const until = waitingEnd(context);
  const application = await client.application(of, signal);
  refuseBusy(application);
  deployment.check(application);
  const managed = await client.managed(of, signal);
  const tried = await tryOut(context, deployment, until);
  const isTarget = wanted.kind === 'sync' && wanted.revision === undefined;
  const plan = planOf(tried.syncResult?.resources ?? [], managed, isTarget ? managed : []);
  refuseSteering(plan);
  deployment.check(application, plan);
  if (deployment.after) await context.recordAfter(deployment.after(revisionsOf(tried.operation.sync ?? {})));
  const pinned = wanted.kind === 'sync' ? pinnedTo(application, wanted.revision, tried) : undefined;
  await client.start(of, orderOf(wanted, markOf(context), pinned), false, signal);
  const end = await ending(context, deployment, until);
  const latest = end?.phase === 'Succeeded' ? await latestOf(context, of) : undefined;
  return reportOf(limits, { of, plan, end, latest, revisions: end?.syncResult ?? tried.syncResult ?? {} });
}

interface Outcome {
  readonly of: ScopedApplication;
  readonly plan: Plan;
  /** Absent while it still runs. */
  readonly end: OperationState | undefined;
  readonly latest: number | undefined;
  readonly revisions: Parameters<typeof revisionsOf>[0];
}

function reportOf({ rows }: Writing['limits'], { of, plan, end, latest, revisions }: Outcome): Report {
  const all = end?.syncResult?.resources ?? [];
  return {
    application: of.name,
    phase: end?.phase ?? 'Running',
    revisions: revisionsOf(revisions),
    ...(latest === undefined ? {} : { history_id: latest }),
    created: plan.created.map(print).slice(0, rows),
    ...(end ? {} : { note: 'it still runs; argocd_get_application shows how it ends' }),
    resources: all.slice(0, rows).map((one) => ({
      resource: print(one),
      status: one.status ?? '',
      ...(one.hookType ? { hook: one.hookType } : {}),
      // A message about a Secret can quote it.
      message: one.kind === 'Secret' ? '' : shortened(one.message, MOST_MESSAGE),
    })),
    ...complete(
      all.length > rows || plan.created.length > rows,
      'argocd_get_application shows what is not in order',
    ),
  };
}

const orderOf = (wanted: Wanted, mark: string, revision: string | undefined): Order =>
  wanted.kind === 'rollback'
    ? { kind: 'rollback', id: wanted.entry.id }
    : { kind: 'sync', mark, ...(revision === undefined ? {} : { revision }) };

/** A branch may move between the dry run and the deployment; Argo CD takes no pin under auto-sync or for several sources. */
function pinnedTo({ spec }: Application, revision: string | undefined, tried: OperationState) {
  if (revision !== undefined || spec.syncPolicy?.automated || sourcesOf(spec).length > 1) return revision;
  const [resolved] = revisionsOf(tried.operation.sync ?? {});
  return CommitId.safeParse(resolved).success ? resolved : undefined;
}

/** Runs the dry run to its end. Throws ToolError('query_failed') when it shows that the deployment would fail. */
async function tryOut(context: Writing, { of, wanted }: Deployment, until: number): Promise<OperationState> {
  const mark = `${markOf(context)} dry run`;
  const revision = wanted.kind === 'sync' ? wanted.revision : undefined;
  await context.client.start(of, orderOf(wanted, mark, revision), true, context.signal);
  const isOurs = (state: OperationState) =>
    wanted.kind === 'rollback' ? isOf(state, wanted.entry, true) : isMarked(state, mark);
  const end = await awaitOperation(context, { of, until, isOurs });
  if (!end) throw new ToolError('timeout', 'the dry run has not ended yet; nothing was deployed');
  if (end.phase === 'Succeeded') return end;
  const failed = (end.syncResult?.resources ?? []).filter(({ status }) => status === 'SyncFailed').map(print);
  throw new ToolError(
    'query_failed',
    `the dry run ended as ${end.phase}${failed.length > 0 ? `, at ${failed.slice(0, 5).join(', ')}` : ''}; nothing was deployed; argocd_get_application has Argo CD’s words`,
  );
}

/** Waits for the deployment itself: whatever goes wrong from here on, it was started. */
async function ending(context: Writing, { of, wanted }: Deployment, until: number) {
  const isOurs = (state: OperationState) =>
    wanted.kind === 'rollback' ? isOf(state, wanted.entry, false) : isMarked(state, markOf(context));
  try {
    return await awaitOperation(context, { of, until, isOurs });
  } catch (error) {
    throw error instanceof ToolError ? unknownOutcome(error) : error;
  }
}

/** The id of the newest history entry; unknown where it cannot be read any more, since the deployment is done. */
const latestOf = async ({ client, signal }: Writing, of: ScopedApplication): Promise<number | undefined> =>
  client.application(of, signal).then(
    (application) => historyOf(application)[0]?.id,
    () => undefined,
  );
