import type { PausedReconciler, ResourceResult, RollbackReport } from '../toolset/versions-view.ts';
import type { Journal } from './journal.ts';
import { pausesOf } from './reconcilers.ts';

/** Says what came back and what did not; nothing is called restored that was not read back. */
export function reportOf(journal: Journal): RollbackReport {
  const { id, to, snapshot, steps, topology } = journal;
  const results: ResourceResult[] = [
    ...steps.map(({ of, tool, target, resources, state, result, detail, call }) => ({
      of,
      tool,
      target,
      resources,
      result: state === 'done' && result !== undefined ? result : ('skipped' as const),
      ...(detail === undefined ? {} : { detail }),
      ...(call === undefined ? {} : { call }),
    })),
    ...journal.not_reversible.map(({ why, ...one }) => ({
      ...one,
      result: 'not_reversible' as const,
      detail: why,
    })),
  ];
  const isOver = journal.ended !== undefined;
  const paused = pausedOf(journal);
  const held = paused.filter((one) => one.held !== 'resumed');
  const isAllBack =
    isOver &&
    topology !== 'failed' &&
    journal.meanwhile === undefined &&
    results.every(({ result }) => result === 'restored');
  // At the version, what is held still went on by itself.
  const atTarget = isAllBack && held.length === 0;
  return {
    id,
    to,
    snapshot,
    results,
    topology,
    ...(journal.topology_detail === undefined ? {} : { topology_detail: journal.topology_detail }),
    paused,
    at_target: atTarget,
    verdict: [verdictOf(journal, results, isAllBack), ...held.map(toldOf)].join('; '),
    next: [...nextOf(journal), ...letGoOn(journal, held)],
  };
}

function nextOf({ id, ended, abandoned, snapshot }: Journal): string[] {
  if (ended !== undefined) return [];
  return abandoned
    ? [`stackward rollback ${snapshot} returns to where it began`]
    : [
        `stackward rollback --resume ${id} goes on, and tries again what failed`,
        `stackward rollback --abandon ${id} leaves it so`,
        `then stackward rollback ${snapshot} returns to where it began`,
      ];
}

/** What was held still, each once: several steps may need the same. */
function pausedOf(journal: Journal): PausedReconciler[] {
  const begun = pausesOf(journal).flatMap(({ name, target, state, held }) =>
    held === 'waiting' ? [] : [{ name, target, state, held }],
  );
  // Of several for one reconciler the newest write is the oldest step, which comes last and says how it stands now.
  return [...new Map(begun.map((one) => [`${one.target} ${one.name}`, one])).values()];
}

const toldOf = ({ name, target, state, held }: PausedReconciler): string =>
  held === 'begun'
    ? `whether ${name} on ${target} is held still is not known`
    : `${name} on ${target} is still held: ${state}`;

const letGoOn = ({ id, ended, abandoned }: Journal, held: readonly PausedReconciler[]): string[] =>
  held.length > 0 && (ended !== undefined || abandoned)
    ? [
        `stackward rollback --resume-reconcilers ${id} lets them go on as before; first see to it that they want the stack as it is now`,
      ]
    : [];

function verdictOf(journal: Journal, results: readonly ResourceResult[], isAllBack: boolean): string {
  const { to, topology, component, meanwhile, ended } = journal;
  const what = component ?? 'the stack';
  if (isAllBack) return `${what} is at version ${to}: everything came back and was read back`;
  const counted = ['restored', 'restored_unverified', 'failed', 'not_reversible', 'skipped'].flatMap(
    (result) => {
      const count = results.filter((one) => one.result === result).length;
      return count === 0 ? [] : [`${count} ${result.replace('_', ' ')}`];
    },
  );
  const isFileBack = topology === 'restored' || topology === 'unchanged';
  const parts = [
    ...(counted.length > 0 ? [counted.join(', ')] : []),
    ...(isFileBack ? [] : ['the topology file was not put back']),
    ...(meanwhile
      ? [`version ${meanwhile.join(', ')} came while it ran; plan again to take that back too`]
      : []),
    ...(ended === undefined ? ['it stopped half-way'] : []),
  ];
  const onlyUnverified =
    ended !== undefined &&
    isFileBack &&
    meanwhile === undefined &&
    results.every(({ result }) => result === 'restored' || result === 'restored_unverified');
  return onlyUnverified
    ? `everything came back, and not all of it could be read back (${parts.join('; ')}), so it is not proven that ${what} is at version ${to}`
    : `${what} is not at version ${to}: ${parts.join('; ')}`;
}
