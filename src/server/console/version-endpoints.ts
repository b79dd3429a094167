import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../../toolset/reach.ts';
import type { Journal } from '../../versions/journal.ts';
import { diffVersions, listVersions, summaryOf } from '../../versions/look.ts';
import { reportOf } from '../../versions/report.ts';
import type { Action, ConsoleDesk, Endpoint } from './endpoint.ts';
import type { RollbackPlan, RollbackProgress, RollbackReport, ShownVersions, StackDiff } from './wire.ts';

const PAGE = 50;
const VersionNumber = z.coerce.number().int().nonnegative();

/** `GET versions?before=`: newest first. */
export const showVersions: Endpoint<ShownVersions> = async ({ stackward: { history }, rollbacks }, query) => {
  const before = query.has('before') ? VersionNumber.parse(query.get('before')) : undefined;
  const limit = { limit: PAGE + 1, ...(before === undefined ? {} : { before }) };
  const found = (await listVersions(history.versions, limit)).map(summaryOf);
  // One that runs here is told by its progress.
  const unfinished = rollbacks.progress()?.running ? undefined : await history.rollbacks.unfinished();
  return {
    versions: found.slice(0, PAGE),
    more: found.length > PAGE,
    ...(unfinished ? { unfinished: reportOf(unfinished) } : {}),
  };
};

/** `GET versions/diff?from=&to=`. */
export const showDiff: Endpoint<StackDiff> = ({ stackward: { history } }, query) =>
  diffVersions(
    history.versions,
    VersionNumber.parse(query.get('from')),
    VersionNumber.parse(query.get('to')),
  );

const ComponentName = z.string().min(1).max(200);

/** `GET versions/plan?to=&component=`: what a rollback would do. It reads every component that it would change. */
export const showPlan: Endpoint<RollbackPlan> = ({ stackward: { history } }, query) => {
  const to = VersionNumber.parse(query.get('to'));
  const component = query.get('component');
  return component === null
    ? history.plan(STACK_PRINCIPAL, to)
    : history.plan(STACK_PRINCIPAL, to, { component: ComponentName.parse(component) });
};

/** `GET versions/rollback`: how far the rollback of this console is. */
export const showProgress: Endpoint<{ rollback: RollbackProgress | null }> = ({ rollbacks }) => ({
  rollback: rollbacks.progress() ?? null,
});

const Seen = z.strictObject({
  to: z.number().int().nonnegative(),
  component: ComponentName.exactOptional(),
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'name the plan that was looked at by its digest'),
});

/** `POST versions/rollback`: carries out the very plan that the operator looked at. */
export const rollBack: Action<RollbackProgress> = ({ rollbacks }, body, by) =>
  rollbacks.begin(Seen.parse(body), by);

const Stopped = z.strictObject({
  id: z.string().regex(/^r\d{1,15}$/, 'a rollback is named by its id, such as r7'),
  reason: z.string().trim().min(1, 'say why').max(500),
});

/** `POST versions/rollback/resume`: goes on with one that stopped. Audited first. */
export const resumeRollback: Action<RollbackProgress> = async (desk, body, by) => {
  const { id, reason } = Stopped.parse(body);
  const { to } = await stoppedOf(desk, id);
  await desk.stackward.recordEvent('rollback_resumed', by, { id, reason });
  return desk.rollbacks.resume({ id, to }, by);
};

/** `POST versions/rollback/abandon`: gives one up that stopped; what it put back stays. Audited first. */
export const abandonRollback: Action<RollbackReport> = async (desk, body, by) => {
  const { id, reason } = Stopped.parse(body);
  await stoppedOf(desk, id);
  await desk.stackward.recordEvent('rollback_abandoned', by, { id, reason });
  return reportOf(await desk.stackward.history.rollbacks.abandon(id));
};

/** The one that waits, which must be the one that was looked at. */
async function stoppedOf({ stackward: { history }, rollbacks }: ConsoleDesk, id: string): Promise<Journal> {
  const running = rollbacks.progress();
  if (running?.running) throw new ToolError('conflict', `a rollback to version ${running.to} is running`);
  const waiting = await history.rollbacks.unfinished();
  if (waiting?.id !== id)
    throw new ToolError('conflict', `no rollback ${id} waits: it went on, ended or was given up`);
  return waiting;
}
