import { z } from 'zod';
import { STACK_PRINCIPAL } from '../../toolset/reach.ts';
import { diffVersions, listVersions, summaryOf } from '../../versions/look.ts';
import { reportOf } from '../../versions/report.ts';
import type { Action, Endpoint } from './endpoint.ts';
import type { RollbackPlan, RollbackProgress, ShownVersions, StackDiff } from './wire.ts';

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

/** `GET versions/plan?to=`: what a rollback would do. It reads every component that it would change. */
export const showPlan: Endpoint<RollbackPlan> = ({ stackward: { history } }, query) =>
  history.plan(STACK_PRINCIPAL, VersionNumber.parse(query.get('to')));

/** `GET versions/rollback`: how far the rollback of this console is. */
export const showProgress: Endpoint<{ rollback: RollbackProgress | null }> = ({ rollbacks }) => ({
  rollback: rollbacks.progress() ?? null,
});

const Seen = z.strictObject({
  to: z.number().int().nonnegative(),
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'name the plan that was looked at by its digest'),
});

/** `POST versions/rollback`: carries out the very plan that the operator looked at. */
export const rollBack: Action<RollbackProgress> = ({ rollbacks }, body, by) =>
  rollbacks.begin(Seen.parse(body), by);
