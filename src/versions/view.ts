import type { Catalog } from '../toolset/catalog.ts';
import { ToolError } from '../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import type { StackDiff, VersionSummary, VersionsView } from '../toolset/versions-view.ts';
import type { History } from './history.ts';
import { diffVersions, driftFrom, listVersions, readVersion, summaryOf } from './look.ts';
import { componentOf } from './plan-rollback.ts';
import { reportOf } from './report.ts';

/** The history of the stack as one principal may see it: what its own links do not reach is left out. */
export function viewFor(history: History, catalog: Catalog): VersionsView {
  const { versions } = history;
  const { principal } = catalog;
  const isSeen = (component: string) => principal === STACK_PRINCIPAL || catalog.reach.has(component);
  return {
    list: async (question) =>
      (await listVersions(versions, question)).map(summaryOf).map((one) => seenBy(one, isSeen)),
    async diff(from, to) {
      if (to !== undefined) return seenOf(await diffVersions(versions, from, to), isSeen);
      const version = await readVersion(versions, from);
      const captured = await history.captureAll();
      return seenOf(await driftFrom(versions, version, { captured, topology: catalog.graph.text }), isSeen);
    },
    async snapshot(note) {
      const { version, captured } = await history.snapshot(principal, note);
      const missed = [...captured].flatMap(([name, one]) =>
        'missed' in one && isSeen(name) ? [[name, one.missed] as const] : [],
      );
      return { ...summaryOf({ ...version, after: null }), outcome: 'ok', missed: Object.fromEntries(missed) };
    },
    async plan(to, component) {
      if (component !== undefined && !isSeen(component))
        throw new ToolError('not_linked', `no link of ${principal} reaches ${component}`);
      const plan = await history.plan(principal, to, component);
      const hidden = [...plan.steps, ...plan.not_reversible].filter(
        ({ target }) => !isSeen(componentOf(target)),
      );
      if (hidden.length > 0)
        throw new ToolError(
          'not_linked',
          `it would take back ${hidden.length} writes to what no link of ${principal} reaches; name a component, or ask an operator`,
        );
      return { ...plan, drift: plan.drift.filter(({ component: name }) => isSeen(name)) };
    },
    async rollback(seen, signal, onStep) {
      const journal = await history.rollbacks.begin(seen, {
        principal,
        by: principal,
        signal,
        onStep: ({ tool, target, state, result }, done, total) =>
          onStep(done, total, `${tool} on ${target}: ${result ?? state}`),
      });
      return reportOf(journal);
    },
  };
}

/** Of a write to what is not linked only that it was is told. */
function seenBy(one: VersionSummary, isSeen: (component: string) => boolean): VersionSummary {
  if (one.target === undefined || isSeen(componentOf(one.target))) return one;
  const { number, time, cause, by, outcome } = one;
  return { number, time, cause, by, ...(outcome === undefined ? {} : { outcome }) };
}

const seenOf = (diff: StackDiff, isSeen: (component: string) => boolean): StackDiff => ({
  ...diff,
  // The file names hosts and the sources of credentials, which no principal but the stack's own client is shown.
  topology: isSeen('')
    ? diff.topology
    : diff.topology.length > 0
      ? ['(the topology file differs; an operator can see how)']
      : [],
  resources: diff.resources.filter(({ component }) => isSeen(component)),
  secrets: diff.secrets.filter((field) => isSeen(field.split('.')[0] ?? '')),
  unknown: Object.fromEntries(Object.entries(diff.unknown).filter(([name]) => isSeen(name))),
});
