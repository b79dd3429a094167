import type { Catalog } from '../toolset/catalog.ts';
import { ToolError } from '../toolset/errors.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import type { ResourceDiff, StackDiff, VersionSummary, VersionsView } from '../toolset/versions-view.ts';
import type { History } from './history.ts';
import { diffVersions, driftFrom, listVersions, readVersion, summaryOf } from './look.ts';
import { reportOf } from './report.ts';
import { type Sight, sightOf } from './sight.ts';
import type { WholeVersion } from './version.ts';

/** The history of the stack as one principal may see it: what its own links do not reach is left out. */
export function viewFor(history: History, catalog: Catalog): VersionsView {
  const { versions } = history;
  const { principal } = catalog;
  const sight = sightOf(catalog);
  return {
    list: async (question) => (await listVersions(versions, question)).map((one) => seenBy(one, sight)),
    async diff(from, to) {
      if (to !== undefined) return seenOf(await diffVersions(versions, from, to), catalog);
      const version = await readVersion(versions, from);
      history.countCapture(principal);
      const captured = await history.captureAll();
      return seenOf(await driftFrom(versions, version, { captured, topology: catalog.graph.text }), catalog);
    },
    async snapshot(note) {
      history.countCapture(principal);
      const { version, captured } = await history.snapshot(principal, note);
      const missed = [...captured].flatMap(([name, one]) =>
        'missed' in one && sight.component(name) ? [[name, one.missed] as const] : [],
      );
      return { ...summaryOf({ ...version, after: null }), outcome: 'ok', missed: Object.fromEntries(missed) };
    },
    async plan(to, options = {}) {
      const { component } = options;
      if (component !== undefined && !sight.component(component))
        throw new ToolError('not_linked', `no link of ${principal} reaches ${component}`);
      history.countCapture(principal);
      const plan = await history.plan(principal, to, options);
      return { ...plan, drift: plan.drift.filter((one) => isSeen(one, sight)) };
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
function seenBy(version: WholeVersion, sight: Sight): VersionSummary {
  const whole = summaryOf(version);
  if (!version.change || sight.write(version.change)) return whole;
  const { number, time, cause, by, outcome } = whole;
  return { number, time, cause, by, ...(outcome === undefined ? {} : { outcome }) };
}

/** A resource is named after the target that it was read from. */
const isSeen = ({ resource }: ResourceDiff, sight: Sight): boolean =>
  sight.target(resource.split(' ', 1)[0] ?? '');

function seenOf(diff: StackDiff, catalog: Catalog): StackDiff {
  const sight = sightOf(catalog);
  // The file names hosts and the sources of credentials, which no principal but the stack's own client is shown.
  const hidden = diff.topology.length > 0 ? ['(the topology file differs; an operator can see how)'] : [];
  return {
    ...diff,
    topology: catalog.principal === STACK_PRINCIPAL ? diff.topology : hidden,
    resources: diff.resources.filter((one) => isSeen(one, sight)),
    secrets: diff.secrets.filter((field) => sight.component(field.split('.')[0] ?? '')),
    unknown: Object.fromEntries(Object.entries(diff.unknown).filter(([name]) => sight.component(name))),
  };
}
