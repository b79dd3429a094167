import { ToolError } from '../../toolset/errors.ts';
import type { ProposedAction } from '../action.ts';
import { wayBackOf } from '../action.ts';
import type { Acted, Alert, InfraBackend, Recorded, Revision } from '../backend.ts';
import type { Signals } from '../contracts.ts';
import type { Measured } from '../events.ts';
import { decideAction } from '../gates/action-gate.ts';
import { isRolledBack } from '../stands.ts';
import type { Scenario, ScriptedRevision } from './scenario.ts';
import { type Rollouts, seriesUntil, stateAt } from './telemetry.ts';

/** What a write changed in the mock's world. */
export interface Written {
  readonly key: string;
  readonly action: ProposedAction;
}

export interface MockBackend extends InfraBackend {
  readonly scenario: Scenario;
  /** Every change that was made, in order. */
  readonly written: readonly Written[];
  readonly kind: 'mock';
}

/** Scripts show deploys of this long before the alert as recent. Milliseconds. */
const RECENT_MS = 24 * 60 * 60_000;

/**
 * A small world that follows an incident script, with a clock of its own: the same run gives the same events.
 * @param options.guarded asks the gate's rules before a write, as the real one's server does; off for the naive run alone
 */
export function openMockBackend(
  scenario: Scenario,
  { guarded }: { readonly guarded: boolean } = { guarded: true },
): MockBackend {
  let now = Date.parse(scenario.alert.at);
  const rollouts: { at: number; service: string; commit: string }[] = scenario.services.flatMap(
    ({ name, revisions }) =>
      [...revisions].reverse().map(({ at, commit }) => ({ at: Date.parse(at), service: name, commit })),
  );
  const kept = new Map(scenario.services.map(({ name, revisions }) => [name, [...revisions]]));
  const replicas = new Map(scenario.services.map((one) => [one.name, one.replicas]));
  const written: Written[] = [];
  const done = new Map<string, Acted>();
  const recorded: Recorded[] = [];

  const listOf = (name: string): ScriptedRevision[] => {
    const found = kept.get(name);
    if (!found) throw new ToolError('not_found', `there is no service '${name}'`);
    return found;
  };
  const revisionsOf = (name: string): Revision[] =>
    listOf(name).map(({ revision, image, commit }, at) => ({ revision, image, commit, current: at === 0 }));
  const services = (): Signals['services'] =>
    scenario.services.map(({ name }) => {
      const [current] = listOf(name);
      const wanted = replicas.get(name) ?? 0;
      return {
        name,
        ready: wanted,
        wanted,
        revision: current?.revision ?? '',
        image: current?.image ?? '',
      };
    });

  const gate = (action: ProposedAction): void => {
    const allowed = recorded.find(({ action: known }) => isOrTakesBack(action, known));
    if (!allowed) throw new ToolError('write_refused', 'the action matches no recorded diagnosis');
    // The way back of an action that was allowed is allowed: it leaves what was there.
    if (isSame(action, wayBackOf(allowed.action))) return;
    const verdict = decideAction({
      action,
      diagnosis: allowed.diagnosis,
      services: services(),
      protectedResources: scenario.isProtected,
      revisions: revisionsOf(action.service),
    });
    if (!verdict.passed) throw new ToolError('write_refused', verdict.reasons.join('; '));
  };

  return {
    kind: 'mock',
    scenario,
    written,
    now: () => now,
    async gather(alert) {
      return {
        alert,
        services: services(),
        recent_deploys: deploysUntil(scenario, now),
        metrics: seriesUntil(scenario, rollouts, now),
        logs: logsUntil(scenario, now),
        protected_resources: [...scenario.isProtected],
        links: scenario.links.map(({ from, to }) => ({ from, to })),
      };
    },
    revisions: async (service) => revisionsOf(service),
    async record(one) {
      recorded.push(structuredClone(one));
    },
    async act(action, key) {
      const known = done.get(key);
      if (known) return known;
      listOf(action.service);
      if (guarded) gate(action);
      if (scenario.rollbackFails)
        throw new ToolError('backend_failed', 'the cluster did not take the change');
      const acted = { detail: apply(action) };
      written.push({ key, action });
      done.set(key, acted);
      return acted;
    },
    stands: async (action) =>
      action.kind === 'rollback_deploy'
        ? isRolledBack(action, revisionsOf(action.service))
        : replicas.get(action.service) === action.replicas,
    measure: async (alert) => measureAt(scenario, rollouts, alert, now),
    async pause(ms) {
      now += ms;
    },
  };

  function apply(action: ProposedAction): string {
    const { service } = action;
    if (action.kind === 'scale_service') {
      replicas.set(service, action.replicas);
      return `${service} now has ${action.replicas} replicas`;
    }
    const list = listOf(service);
    const chosen = list.find(({ revision }) => revision === action.revision);
    if (!chosen) throw new ToolError('not_found', `${service} has no revision ${action.revision}`);
    // What goes back is numbered anew, as a cluster does.
    const newest = Math.max(...list.map(({ revision }) => Number(revision)));
    kept.set(service, [{ ...chosen, revision: String(newest + 1) }, ...list.filter((one) => one !== chosen)]);
    // One millisecond later, so that what was at this moment stays what it was.
    now += 1;
    rollouts.push({ at: now, service, commit: chosen.commit });
    return `${service} runs what was revision ${action.revision}, image ${chosen.image}`;
  }
}

const isSame = (a: ProposedAction, b: ProposedAction): boolean =>
  a.kind === b.kind &&
  a.service === b.service &&
  (a.kind === 'rollback_deploy'
    ? b.kind === 'rollback_deploy' && a.revision === b.revision
    : b.kind === 'scale_service' && a.replicas === b.replicas);

const isOrTakesBack = (action: ProposedAction, known: ProposedAction): boolean =>
  isSame(action, known) || isSame(action, wayBackOf(known));

/** Newest first, as the cluster's own list of revisions. */
const deploysUntil = ({ services }: Scenario, now: number): Signals['recent_deploys'] =>
  services
    .flatMap(({ name, revisions }) => revisions.map((one) => ({ service: name, ...one })))
    .filter(({ at }) => Date.parse(at) <= now && Date.parse(at) > now - RECENT_MS)
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.service < b.service ? -1 : 1));

const logsUntil = ({ logs, alert }: Scenario, now: number): Signals['logs'] =>
  logs
    .map(({ component, before, line }) => ({
      component,
      at: new Date(Date.parse(alert.at) - before * 60_000).toISOString(),
      line,
    }))
    .filter(({ at }) => Date.parse(at) <= now)
    .sort((a, b) => (a.at < b.at ? -1 : 1));

/** A thousandth of requests may fail at any time; in these scripts none do. */
const TOLERANCE = 0.001;

function measureAt(scenario: Scenario, rollouts: Rollouts, alert: Alert, now: number): Measured | undefined {
  if (alert.metric !== 'error_rate') return undefined;
  const value = stateAt(scenario, rollouts, alert.component, now).errors;
  return {
    component: alert.component,
    metric: 'error_rate',
    value,
    baseline: 0,
    healthy: value <= TOLERANCE,
  };
}
