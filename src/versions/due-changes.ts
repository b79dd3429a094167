import type { WholeVersion } from './version.ts';

/**
 * The changes that a rollback has to take back, or to make again where an earlier rollback took them back; newest first.
 *
 * A write with the steps that took it back and made it again is one chain, in force or not. Due is what brings each
 * chain to where it was. A step whose process ended before it could say how it went may have happened or not, so
 * it is never what a chain is judged by to be there already: the way back itself sees what is there.
 * @param later every version after the target, newest first
 */
export function dueChanges(later: readonly WholeVersion[]): readonly WholeVersion[] {
  const byNumber = new Map(later.map((version) => [version.number, version]));
  const due = [...chainsOf(later).values()].flatMap((chain) => {
    const [first, last] = [chain[0], chain.at(-1)];
    if (!first || !last) return [];
    const wasInForce = first.cause === 'revert';
    const isInForce = last.cause !== 'revert';
    if (isInForce !== wasInForce) return [last];
    if (last.end?.outcome === 'ok') return [];
    return [byNumber.get(last.change?.of ?? last.number) ?? last];
  });
  return due.sort((a, b) => b.number - a.number);
}

/** Versions that take back one another, oldest first. */
function chainsOf(later: readonly WholeVersion[]): ReadonlyMap<number, readonly WholeVersion[]> {
  const roots = new Map<number, number>();
  const chains = new Map<number, WholeVersion[]>();
  for (const version of [...later].reverse()) {
    if (!version.change || hadNoEffect(version)) continue;
    const { number, change } = version;
    const root = change.of === undefined ? number : (roots.get(change.of) ?? change.of);
    roots.set(number, root);
    chains.set(root, [...(chains.get(root) ?? []), version]);
  }
  return chains;
}

/** A write that is known to have failed before it changed anything. */
const hadNoEffect = ({ end }: WholeVersion): boolean => end?.outcome === 'error';
