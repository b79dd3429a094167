import { openInTurn } from '../store/in-turn.ts';
import { ToolError } from '../toolset/errors.ts';
import type { Graph } from '../topology/graph.ts';
import { checkText } from '../topology/load.ts';
import { renderProblem } from '../topology/problem.ts';
import { watchTopology } from '../topology/watch.ts';
import { type CurrentEdit, openCurrentEdit, type Sharing, SURE_MS } from './current-edit.ts';
import { sayKept } from './follow-file.ts';
import { type Follower, type Following, keepTopology, tellRejected } from './follower.ts';

const LOOK_MS = 1_000;

/**
 * Follows the topology that replicas share. It is looked at each second, and at once on a hint; an edit of this
 * replica's file is put in force for all.
 * @param began.own what the file says, which need not be what is in force
 */
export async function followShared(
  following: Following,
  began: { readonly own: Graph; readonly edit: number },
  sharing: Sharing,
): Promise<Follower> {
  const { report, topology, services } = following;
  const inTurn = openInTurn();
  const current = openCurrentEdit(began.edit, following, sharing);
  const offers = openOffers(began.own, current, following, sharing);
  const keeping = openKeeping(() => keepTopology(sharing.history, report));
  const troubles = sayOnce(report);
  const look = () =>
    inTurn(async () => {
      if (await current.see()) keeping.soon();
      if (await offers.make()) keeping.now();
      keeping.look();
    }).then(troubles.over, troubles.tell);
  const watching = following.watch
    ? watchTopology(topology, services.types, {
        current: began.own,
        onGraph(graph) {
          offers.take(graph);
          void look();
        },
        onProblems: (problems) => void tellRejected(sayKept(topology), problems, sharing, report),
      })
    : undefined;
  const silence = await sharing.stores.hear('topologies', () => void look());
  const timer = setInterval(() => void look(), LOOK_MS).unref();
  return {
    async isInForce() {
      const is = await current.isInForce();
      if (!is) void look();
      return is;
    },
    put(text) {
      const { hash } = sharing.catalogs.graph();
      return inTurn(() => put(text, hash, current, following, sharing));
    },
    async close() {
      clearInterval(timer);
      await silence();
      await watching?.close();
      await inTurn(async () => {});
      await keeping.close();
    },
  };
}

/** @param hash of the topology that the text was chosen under */
async function put(
  text: string,
  hash: string,
  current: CurrentEdit,
  { topology, services }: Following,
  { catalogs }: Sharing,
): Promise<void> {
  const { graph, problems } = await checkText(text, topology, services.types);
  if (problems)
    throw new ToolError('conflict', `this topology does not hold: ${problems.map(renderProblem).join('\n')}`);
  await current.see();
  const inForce = catalogs.graph().hash;
  if (inForce === graph.hash) return;
  if (inForce !== hash || !(await current.apply(graph)))
    throw new ToolError('conflict', 'somebody edited the topology meanwhile; look at it and try again');
}

/** What became of the edits of this replica's file: one stays offered until it is in force or found to be stale. */
function openOffers(
  own: Graph,
  current: CurrentEdit,
  { topology, report }: Following,
  { catalogs, shared }: Sharing,
) {
  let fileSays = own.hash;
  let offer: { readonly graph: Graph; readonly before: string } | undefined;
  return {
    take(graph: Graph): void {
      offer = { graph, before: offer?.before ?? fileSays };
      fileSays = graph.hash;
    },
    /** True when the edit was put in force. */
    async make(): Promise<boolean> {
      const made = offer;
      if (!made) return false;
      const inForce = catalogs.graph().hash;
      const isNew = made.graph.hash !== inForce;
      // A slow replica gets the edits one by one that the others have long had; none of them is an edit of its own.
      const isStale = isNew && made.before !== inForce && (await shared.wasInForce(made.graph.hash));
      if (isStale)
        report(
          'warn',
          `${topology} was edited to a topology that was in force before; it is not put in force again. To do that: stackward topology apply`,
        );
      const isApplied = isNew && !isStale && (await current.apply(made.graph));
      // Somebody else's edit came first: this one is offered again once that is taken up.
      const isOpen = isNew && !isStale && !isApplied;
      if (!isOpen && offer === made) offer = undefined;
      return isApplied;
    },
  };
}

/** An edit is made a version by the replica that put it in force; the others see to it later, should that one have ended. */
function openKeeping(keep: () => Promise<void>) {
  let kept: Promise<void> = Promise.resolve();
  let due: number | undefined;
  const now = () => {
    due = undefined;
    kept = kept.then(keep);
  };
  return {
    now,
    soon() {
      due = performance.now() + SURE_MS;
    },
    look() {
      if (due !== undefined && performance.now() > due) now();
    },
    close: () => kept,
  };
}

/** Tells each trouble once while it lasts: it is found again every second. */
function sayOnce(report: Following['report']) {
  let told: string | undefined;
  return {
    tell(error: unknown): void {
      const message = error instanceof Error ? error.message : String(error);
      if (message === told) return;
      told = message;
      report('error', `the topology that replicas share cannot be followed: ${message}`);
    },
    over(): void {
      if (told !== undefined) report('info', 'the topology that replicas share is followed again');
      told = undefined;
    },
  };
}
