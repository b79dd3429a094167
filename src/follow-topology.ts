import type { Stackward } from './stackward.ts';
import type { JsonValue } from './toolset/define.ts';
import { STACK_PRINCIPAL } from './toolset/reach.ts';
import type { ServiceSource } from './toolset/service-source.ts';
import type { Graph } from './topology/graph.ts';
import { renderProblem } from './topology/problem.ts';
import { watchTopology } from './topology/watch.ts';

/** Tells an operator; text is masked already. */
type Report = (level: 'info' | 'warn' | 'error', message: string) => void;

interface Following {
  /** Path of the topology file. */
  readonly topology: string;
  readonly services: ServiceSource;
  readonly report: Report;
}

/** A valid edit swaps every catalog at once; an invalid one changes nothing. Both are reported and audited. */
export async function followTopology(
  { topology, services, report }: Following,
  {
    catalogs,
    clients,
    recordEvent,
    history,
  }: Pick<Stackward, 'catalogs' | 'history' | 'recordEvent'> & {
    clients: { keepOnly(graph: Graph): void };
  },
) {
  const audited = (event: string, detail: JsonValue) =>
    recordEvent(event, STACK_PRINCIPAL, detail).catch((error: Error) =>
      report('error', `${event} could not be audited: ${error.message}`),
    );
  let kept: Promise<void> = Promise.resolve();
  const watching = watchTopology(topology, services.types, {
    current: catalogs.graph(),
    onGraph(graph) {
      const before = catalogs.graph();
      // An edit that was put back: what is in force did not change, and nobody needs to hear of it.
      if (before.hash === graph.hash) return;
      catalogs.swap(graph);
      clients.keepOnly(graph);
      kept = kept.then(() => keepTopology(history, report));
      report(
        'info',
        `${graph.file} changed: ${graph.components.size} components, ${graph.links.length} links`,
      );
      void audited('topology_loaded', {
        file: graph.file,
        before: before.hash,
        components: graph.components.size,
        links: graph.links.length,
      });
    },
    onProblems(problems) {
      report(
        'error',
        `${topology} was edited and does not hold; the last good topology stays in force:\n${problems.map(renderProblem).join('\n\n')}`,
      );
      void audited('topology_rejected', {
        problems: problems.map(({ file, line, column, message }) => ({ file, line, column, message })),
      });
    },
  });
  return {
    close: () => watching.close(),
    /** Resolves once every edit that was taken is a version. */
    kept: () => kept,
  };
}

/** An edit of the topology is a version. One that cannot be stored is told; the writes after it are refused by the same fault. */
export const keepTopology = (history: Stackward['history'], report: Report): Promise<void> =>
  history
    .recordTopology(STACK_PRINCIPAL)
    .catch((error: Error) =>
      report('error', `the topology could not be kept as a version: ${error.message}`),
    );
