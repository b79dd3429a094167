import type { Stackward } from '../stackward.ts';
import type { JsonValue } from '../toolset/define.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import type { ServiceSource } from '../toolset/service-source.ts';
import type { Graph } from '../topology/graph.ts';
import { type Problem, renderProblem } from '../topology/problem.ts';

/** What keeps a process at the topology in force, and puts another in force. */
export interface Follower {
  /** Whether this process works under what is in force. Rejects when that cannot be told. */
  isInForce(): Promise<boolean>;
  /** Puts a text in force, as a rollback does; the caller makes it a version. Throws ToolError('conflict'). */
  put(text: string): Promise<void>;
  /** Stops following. Resolves once every edit that was taken is a version. */
  close(): Promise<void>;
}

export interface Following {
  /** Path of the topology file. */
  readonly topology: string;
  readonly services: ServiceSource;
  /** Follow edits of the file. */
  readonly watch: boolean;
  /** Tells an operator; text is masked already. */
  report(level: 'info' | 'warn' | 'error', message: string): void;
}

/** What an edit changes in a process. */
export type Followed = Pick<Stackward, 'catalogs' | 'history' | 'recordEvent'> & {
  readonly clients: { keepOnly(graph: Graph): void };
};

/** Puts a graph in force in this process. `mixedMs` is how long others may still work under the one before. */
export function swap(graph: Graph, { catalogs, clients }: Followed, mixedMs = 0): void {
  catalogs.swap(graph, mixedMs);
  clients.keepOnly(graph);
}

type Report = Following['report'];

/** Reports and audits that a graph was put in force. Never rejects. */
export async function tellLoaded(
  graph: Graph,
  {
    before,
    edit,
  }: { readonly before: string; readonly edit?: { readonly number: number; readonly by: string } },
  { recordEvent }: Pick<Followed, 'recordEvent'>,
  report: Report,
): Promise<void> {
  const [components, links] = [graph.components.size, graph.links.length];
  const which = edit ? ` (edit ${edit.number}, of ${edit.by})` : '';
  report('info', `${graph.file} changed: ${components} components, ${links} links${which}`);
  const detail = {
    file: graph.file,
    before,
    components,
    links,
    ...(edit ? { edit: edit.number, by: edit.by } : {}),
  };
  await record(recordEvent, report, 'topology_loaded', detail);
}

/** Reports and audits that an edit does not hold. Never rejects. */
export async function tellRejected(
  words: string,
  problems: readonly Problem[],
  { recordEvent }: Pick<Followed, 'recordEvent'>,
  report: Report,
): Promise<void> {
  report('error', `${words}:\n${problems.map(renderProblem).join('\n\n')}`);
  // Without what the file says around a problem: that could be anything.
  const places = problems.map(({ file, line, column, message }) => ({ file, line, column, message }));
  await record(recordEvent, report, 'topology_rejected', { problems: places });
}

const record = (recordEvent: Followed['recordEvent'], report: Report, event: string, detail: JsonValue) =>
  recordEvent(event, STACK_PRINCIPAL, detail).catch((error: Error) =>
    report('error', `${event} could not be audited: ${error.message}`),
  );

/** An edit of the topology is a version. One that cannot be stored is told; the writes after it are refused by the same fault. */
export const keepTopology = (history: Stackward['history'], report: Report): Promise<void> =>
  history
    .recordTopology(STACK_PRINCIPAL)
    .catch((error: Error) =>
      report('error', `the topology could not be kept as a version: ${error.message}`),
    );
